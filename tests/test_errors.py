"""What led to an error, however its parts hang together."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import causes


@given(st.lists(st.tuples(*[st.none() | st.integers(0, 5)] * 3), min_size=6, max_size=6))
def test_causes_end_also_where_errors_go_in_circles(
    links: list[tuple[int | None, int | None, int | None]],
) -> None:
    errors = [ValueError(str(number)) for number in range(len(links))]
    for error, (cause, context, inner) in zip(errors, links, strict=True):
        error.__cause__ = None if cause is None else errors[cause]
        error.__context__ = None if context is None else errors[context]
        error.inner_exception = None if inner is None else errors[inner]  # type: ignore[attr-defined]
    found = list(causes(errors[0]))
    assert found[0] is errors[0]
    assert len({id(one) for one in found}) == len(found) <= len(errors)
    for one, following in pairwise(found):
        inner = one.inner_exception  # type: ignore[attr-defined]
        assert following in (inner, one.__cause__, one.__context__)
