"""The seed draws what the author did not say."""

from evaluation.customers.goals import Goal, Trait
from evaluation.customers.plan import make_plan


def goal(identifier: str, *traits: Trait) -> Goal:
    return Goal(id=identifier, language="en", says=("where?",), entries=("e",), traits=frozenset(traits))


def test_the_same_seed_makes_the_same_customer() -> None:
    assert make_plan(goal("a"), 7) == make_plan(goal("a"), 7)


def test_seeds_and_goals_make_different_customers() -> None:
    def drawn(identifier: str, seed: int) -> tuple[object, ...]:
        plan = make_plan(goal(identifier), seed)
        return plan.greeting, plan.opening, plan.objection, plan.person, plan.patience, plan.ending, plan.votes

    assert len({drawn("a", seed) for seed in range(20)}) > 10
    assert len({drawn(str(number), 7) for number in range(20)}) > 10


def test_what_the_author_said_is_not_drawn() -> None:
    for seed in range(20):
        assert make_plan(goal("a", Trait.RETURNS), seed).ending == Trait.RETURNS
        assert make_plan(goal("a", Trait.IMPATIENT), seed).patience == 1


def test_nobody_greets_twice() -> None:
    plans = [make_plan(goal(str(number)), 1) for number in range(200)]
    assert not [plan for plan in plans if plan.greeting and plan.opening]
    assert [plan for plan in plans if plan.greeting]
    assert [plan for plan in plans if plan.opening]
