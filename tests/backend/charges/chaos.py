"""Bad days at random, the same for the same seed: faults of the processor, and deaths of the backend anywhere."""

from dataclasses import dataclass
from random import Random

from tests.backend.charges.doomed import backend
from tests.backend.charges.path import PaymentPath
from tests.backend.charges.payer import until

FAULTS = ("none", "none", "none", "silence", "error", "charge_then_silence", "charge_then_error", "slow:0.3")
METHODS = ("visa", "visa", "visa", "visa", "insufficient_funds", "expired")
MOMENTS_MAX = 60
LIFE_SECONDS_MAX = 20.0


@dataclass
class Toll:
    """What the runs came to."""

    runs: int = 0
    charges: int = 0
    deaths: int = 0


async def random_runs(path: PaymentPath, runs: int, seed: int) -> Toll:
    """So many backends after one another, each with some new charges, most of them killed somewhere on the way.

    `PaymentPath.settle` with a backend that lives, then `check`, is the caller's.
    """
    chance, toll = Random(seed), Toll()
    for _ in range(runs):
        count = chance.randint(1, 3)
        await path.world.misbehave(*(chance.choice(FAULTS) for _ in range(count)))
        for _ in range(count):
            await path.begin(1, chance.choice(METHODS))
        toll.runs, toll.charges = toll.runs + 1, toll.charges + count
        toll.deaths += await _one_life(path, chance)
    await path.world.misbehave()
    return toll


async def _one_life(path: PaymentPath, chance: Random) -> bool:
    """A backend until it is dead, or has nothing left to do, or has lived long enough; whether it was killed."""
    with backend(path.values, kill_at=chance.randint(1, MOMENTS_MAX)) as doomed:

        async def over() -> bool:
            await path.hurry()
            return doomed.killed or await path.finished()

        try:
            await until(over, chance.uniform(LIFE_SECONDS_MAX / 2, LIFE_SECONDS_MAX))
        except TimeoutError:
            doomed.kill()
        return doomed.killed
