"""When pools are scaled: enabling, disabling, evaluating, and the timers behind that."""

from datetime import timedelta

from msgspec import UNSET

from batchtui.local.autoscale.evaluator import Situation, Verdict, evaluate
from batchtui.local.autoscale.parser import parse
from batchtui.local.autoscale.sampler import Sampler
from batchtui.local.autoscale.samples import PERIOD, History
from batchtui.local.autoscale.scaling import Json, Scaling
from batchtui.local.autoscale.trouble import FormulaError, FormulaSyntaxError
from batchtui.local.autoscale.values import Timestamp
from batchtui.local.errors import ServiceError
from batchtui.local.pace import Alarm
from batchtui.local.wire.autoscale_bodies import (
    USUAL_INTERVAL,
    EnableAutoScale,
    EvaluateAutoScale,
)
from batchtui.local.wire.times import parse_duration, stamp
from batchtui.local.world.allocation import Allocation
from batchtui.local.world.pool import Pool
from batchtui.local.world.world import World

_MICROS = 1_000_000
_APART = 30 * _MICROS
"""Two requests to enable autoscaling of one pool are at least so far apart."""


class AutoscaleRules:
    """Samples and evaluates the pools that are scaled, and no others."""

    def __init__(self, world: World, allocation: Allocation) -> None:
        self._world = world
        self._allocation = allocation
        self._sampler = Sampler(world, world.site.processor())
        self._histories: dict[str, History] = {}
        self._evaluations: dict[str, Alarm] = {}
        self._sampling: Alarm | None = None

    def enable(self, pool: Pool, body: EnableAutoScale) -> None:
        """Begin to scale a pool, or change the formula, the interval or both."""
        world, now = self._world, self._world.clock.now()
        self._check_active(pool)
        if not pool.scaled:
            if body.auto_scale_formula is UNSET:
                raise ServiceError("MissingRequiredProperty", ("PropertyName", "autoScaleFormula"))
            if pool.allocation != "steady":
                raise ServiceError("PoolBeingResized")
        scaling = pool.scaling
        if scaling.enabled is not None and now - scaling.enabled < _APART:
            raise ServiceError("TooManyEnableAutoScaleRequests")
        interval = {} if pool.scaled else {"autoScaleEvaluationInterval": USUAL_INTERVAL}
        pool.spec = {**pool.spec, "enableAutoScale": True, **interval, **body.wire()}
        pool.scaling = Scaling(enabled=now, run=scaling.run)
        pool.modified = now
        world.save_pool(pool)
        self.begin(pool)

    def disable(self, pool: Pool) -> None:
        """The pool stays as large as it is."""
        self._check_active(pool)
        dropped = ("autoScaleFormula", "autoScaleEvaluationInterval")
        spec = {name: value for name, value in pool.spec.items() if name not in dropped}
        pool.spec = {**spec, "enableAutoScale": False}
        pool.scaling = Scaling(enabled=pool.scaling.enabled)
        pool.modified = self._world.clock.now()
        self._world.save_pool(pool)
        self._forget(pool.key)

    def evaluate(self, pool: Pool, body: EvaluateAutoScale) -> Json:
        """The run of a formula that is only tried."""
        self._check_active(pool)
        if not pool.scaled:
            raise ServiceError(
                "OperationInvalidForCurrentState",
                ("Reason", "Formulas can be evaluated on pools with automatic scaling enabled"),
            )
        return self._run(pool, body.auto_scale_formula)[0]

    def begin(self, pool: Pool) -> None:
        """Take up a pool that is scaled: sample it now, and evaluate it as soon as it is due."""
        now = self._world.clock.now()
        history = self._histories.get(pool.key)
        # What is older than the pool was taken of another pool of that id.
        if history is None or (history.begin or 0) < pool.created:
            history = self._histories[pool.key] = History(self._sampler.metrics)
        history.add(now, self._sampler.look(pool))
        self._await(pool)
        if not self._sampling:
            self._sampling = self._world.pace.call_later(PERIOD, self._sample)

    def resume(self) -> None:
        """Take up all pools that are scaled; samples were lost with the process that took them."""
        for pool in self._world.pools.values():
            if pool.scaled and pool.state == "active":
                self.begin(pool)

    def stop(self) -> None:
        """Switch all alarms off."""
        for key in list(self._histories):
            self._forget(key)

    def _await(self, pool: Pool) -> None:
        before = self._evaluations.pop(pool.key, None)
        if before:
            before.cancel()
        left = (pool.scaling.due - self._world.clock.now()) / _MICROS
        self._evaluations[pool.key] = self._world.pace.call_later(
            max(left, 0), lambda: self._ring(pool)
        )

    def _ring(self, pool: Pool) -> None:
        self._world.spawn(self._scale(pool))

    def _sample(self) -> None:
        """Sample every pool that is scaled; those that are gone are forgotten by the way."""
        world = self._world
        self._sampling = world.pace.call_later(PERIOD, self._sample)
        for key, history in list(self._histories.items()):
            pool = world.pools.get(key)
            if pool and pool.scaled and pool.state == "active":
                history.add(world.clock.now(), self._sampler.look(pool))
            else:
                self._forget(key)

    def _forget(self, key: str) -> None:
        self._histories.pop(key, None)
        evaluation = self._evaluations.pop(key, None)
        if evaluation:
            evaluation.cancel()
        if not self._histories and self._sampling:
            self._sampling.cancel()
            self._sampling = None

    async def _scale(self, pool: Pool) -> None:
        """Evaluate a pool's own formula, and bring the pool to what it says."""
        world = self._world
        current = world.pools.get(pool.key) is pool and pool.state == "active"
        if not (current and pool.scaled):
            return
        interval = parse_duration(pool.spec["autoScaleEvaluationInterval"])
        run, verdict = self._run(pool, pool.spec["autoScaleFormula"])
        pool.scaling.run = run
        pool.scaling.due = world.clock.now() + interval // timedelta(microseconds=1)
        self._await(pool)
        world.save_pool(pool)
        if verdict and not verdict.error:
            self._bring(pool, verdict)

    def _bring(self, pool: Pool, verdict: Verdict) -> None:
        """Resize a pool to new targets, or to old ones that it has not reached."""
        fleet = self._world.fleet(pool)
        wanted = (verdict.dedicated, verdict.spot)
        same = wanted == (pool.target_dedicated, pool.target_spot)
        there = wanted == (fleet.count(dedicated=True), fleet.count(dedicated=False))
        if pool.allocation == "stopping":
            return  # A user stops a resize just now; the next evaluation is soon enough.
        if same and (there or pool.allocation == "resizing"):
            return
        # Kept along with the run that says so: a crash loses both or none.
        pool.target_dedicated, pool.target_spot = wanted
        if pool.allocation == "steady":
            self._allocation.begin(pool, verdict.option)
        else:
            self._world.save_pool(pool)
            self._world.spawn(self._turn(pool, verdict.option))

    async def _turn(self, pool: Pool, option: str) -> None:
        """Give up a resize that is under way for one to the present targets."""
        await self._allocation.stop(pool)
        if pool.state == "active":
            self._allocation.begin(pool, option)

    def _run(self, pool: Pool, text: str) -> tuple[Json, Verdict | None]:
        """An `autoScaleRun`, and the verdict unless the text is no formula."""
        now = self._world.clock.now()
        situation = Situation(
            now=Timestamp(now),
            history=self._histories[pool.key],
            present=self._sampler.look(pool),
            dedicated=pool.target_dedicated,
            spot=pool.target_spot,
        )
        verdict: Verdict | None = None
        try:
            verdict = evaluate(parse(text), situation)
            error: FormulaError | None = verdict.error
            results = verdict.results
        except FormulaSyntaxError as found:
            error, results = found, evaluate((), situation).results
        run: Json = {"timestamp": stamp(now), "results": results}
        return (run if error is None else {**run, "error": error.wire()}), verdict

    def _check_active(self, pool: Pool) -> None:
        if pool.state == "deleting":
            raise ServiceError("PoolBeingDeleted")
