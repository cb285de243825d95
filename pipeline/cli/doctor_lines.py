"""What `posture doctor` shows of one tenant: a heading, then only what is missing or wrong."""

from collections.abc import Callable, Iterable, Iterator

from pipeline.doctor.findings import FeedFinding, TenantFindings
from pipeline.doctor.uses import in_words, models
from pipeline.graph.outcomes import Outcome

_TOLD_APART = (Outcome.NOT_PERMITTED, Outcome.NOT_LICENSED, Outcome.NOT_IN_CLOUD)


def lines(tenant: TenantFindings) -> Iterator[str]:
    """The heading, then only what is missing or wrong."""
    name = f"{tenant.tenant_name} ({tenant.tenant_id})" if tenant.tenant_name else tenant.tenant_id
    if tenant.cloud != "global":
        name += f", cloud {tenant.cloud}"
    if not tenant.is_signed_in:
        yield f"{name}: {tenant.sign_in_note}"
        is_refused = any(one.verdict is Outcome.AUTH_FAILED for one in tenant.feeds)
        if tenant.consent_url and is_refused:
            yield f"  consent: {tenant.consent_url}"
        return
    readable = [one for one in tenant.feeds if one.is_readable]
    tier = tenant.licence_tier or "unknown"
    part = "all" if len(readable) == len(tenant.feeds) else f"{len(readable)} of"
    feeds = f"{part} {len(tenant.feeds)} feeds can be read"
    yield f"{name}: signed in, licence {tier}, {feeds}"
    yield from _permission_lines(tenant)
    for licence, group in _grouped(tenant.feeds, Outcome.NOT_LICENSED, lambda one: one.licence):
        names = ", ".join(one.feed for one in group)
        yield f"  no {licence or 'licence for it'}: {names}; nothing to do unless it should own it"
        yield _loss(group)
    for _, group in _grouped(tenant.feeds, Outcome.NOT_IN_CLOUD, lambda one: None):
        names = ", ".join(one.feed for one in group)
        yield f"  not in the cloud {tenant.cloud}: {names}; nothing to do"
        yield _loss(group)
    for outcome in Outcome:
        if outcome in _TOLD_APART:
            continue
        for note, group in _grouped(tenant.feeds, outcome, lambda one: one.note):
            if not group[0].is_readable:
                yield f"  {outcome}: {', '.join(one.feed for one in group)}: {note}"
                yield _loss(group)


def _permission_lines(tenant: TenantFindings) -> Iterator[str]:
    """One line a permission to grant, with the feeds it opens and those it completes."""
    for permission in tenant.missing:
        opened = [one for one in tenant.feeds if one.to_grant == permission and one.is_refused]
        waiting = [one for one in tenant.feeds if one.waits_for in {two.feed for two in opened}]
        completed = [one for one in tenant.feeds if permission in one.incomplete_without]
        parts = [
            f"{verb} {', '.join(dict.fromkeys(one.feed for one in group))}"
            for verb, group in (("opens", [*opened, *waiting]), ("completes", completed))
            if group
        ]
        licences = sorted({one.licence for one in opened if one.licence and not one.is_licensed})
        if licences and all(one.is_licensed is False for one in opened):
            parts.append(f"no use without {' and '.join(licences)}")
        again = permission in (tenant.granted or ())
        hint = " (it is granted, but Graph does not honour it yet)" if again else ""
        yield f"  grant {permission}{hint}: {'; '.join(parts)}"
        yield _loss([*opened, *waiting, *completed])
    for permission in tenant.withheld:
        group = [one for one in tenant.feeds if one.withheld == permission]
        names = ", ".join(one.feed for one in group)
        yield f"  optional {permission}: completes {names}, which is read without it"
        yield _loss(group)
    if tenant.missing:
        yield (
            f"  then, once they are among the application's API permissions: {tenant.consent_url}"
            if tenant.consent_url
            else "  this credential takes no consent link; assign the permissions to its identity"
        )


def _grouped(
    feeds: Iterable[FeedFinding], outcome: Outcome, key: Callable[[FeedFinding], str | None]
) -> list[tuple[str | None, list[FeedFinding]]]:
    groups: dict[str | None, list[FeedFinding]] = {}
    for one in feeds:
        if one.verdict is outcome and not (one.waits_for and outcome is Outcome.NOT_PERMITTED):
            groups.setdefault(key(one), []).append(one)
    return list(groups.items())


def _loss(feeds: Iterable[FeedFinding]) -> str:
    names = list(dict.fromkeys(one.feed for one in feeds))
    where = ", ".join(models(names))
    return f"    without: {in_words(names)}" + (f" ({where})" if where else "")
