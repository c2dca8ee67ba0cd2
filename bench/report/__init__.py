"""Values → text: tables, pages, CSV and what a terminal shows. Pure: no clock, no file, no environment."""
