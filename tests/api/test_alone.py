"""Signals to whoever measures: they end it, wherever they come."""

import os
import signal
from contextlib import suppress

import pytest

from bench.api.alone import handlers_kept, interruptible
from bench.errors import Stopped


def signalled(number: signal.Signals) -> None:
    """Within a library that takes every error for a no, as click does while it asks whether it writes to a terminal."""
    with handlers_kept(), interruptible(), suppress(Exception):
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_also_within_a_library_that_takes_every_error_for_a_no(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Stopped) as caught:
        signalled(number)
    assert caught.value.exit_code == 128 + number
    assert f"bench: stopped by {number.name}: " in capfd.readouterr().err
