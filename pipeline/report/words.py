"""The words of the models, as people say them."""

from markupsafe import Markup, escape

CAUSES = {
    "improved": "improved",
    "regressed": "regressed",
    "population_changed": "people or objects came or went",
    "exception_changed": "an exception was set or lifted",
    "service_gained": "a service or licence was gained",
    "service_lost": "a service or licence was lost",
    "control_added": "Microsoft added the control",
    "control_retired": "Microsoft retired the control",
    "max_changed": "Microsoft changed its weight",
    "reclassified": "Microsoft moved it",
    "scored_set_changed": "entered or left the score",
    "max_unknown": "maximum unknown",
    "unattributed": "not explained by any control",
}
PARTS = (
    ("earned", "Earned", "controls that improved"),
    ("regressed", "Regressed", "controls that got worse"),
    ("population", "People and objects", "who came or went"),
    ("exception", "Exceptions", "set or lifted"),
    ("licence", "Licences and services", "gained or lost"),
    ("microsoft", "Microsoft's changes", "added, retired, reweighted"),
    ("unexplained", "Cannot be told", "scored sets, unknown maxima"),
)
STATUSES = {
    "ok": "read",
    "empty": "read, nothing there",
    "partial": "partly read",
    "not_licensed": "no licence",
    "not_in_cloud": "not in this cloud",
    "not_for_this_date": "not for that date",
    "not_permitted": "permission missing",
    "auth_failed": "sign-in failed",
    "throttled": "throttled",
    "unavailable": "unavailable",
    "bad_response": "answer not usable",
    "not_collected": "not collected",
}
# What a status means for the reader: well, nobody's fault, or to be looked at.
FINE = frozenset({"ok", "empty"})
EXPECTED = frozenset({"not_licensed", "not_in_cloud", "not_for_this_date", "not_collected"})
PRACTICES = {
    "mfa_all_users": "MFA for all users",
    "mfa_admins": "MFA for administrators",
    "block_legacy_authentication": "Legacy authentication blocked",
    "review_role_assignments": "Role assignments reviewed",
    "sign_in_risk_policy": "Policy on sign-in risk",
    "user_risk_policy": "Policy on user risk",
}
FINDINGS = {
    "external_partner": "from another tenant",
    "check_failed": "not as declared",
    "at_risk": "at risk",
    "unprotected": "not made to use MFA",
    "without_mfa": "no MFA method",
    "without_phishing_resistance": "no phishing-resistant method",
    "disabled": "disabled account",
    "stale": "no recent sign-in",
    "guest": "guest",
    "synced": "synchronised",
    "standing_despite_pim": "standing although PIM is there",
    "permanently_eligible": "eligible without end",
    "unresolvable": "deleted or unknown",
    "unread_group": "group not readable",
}
SERVICES = {
    "AzureAD": "Entra ID",
    "Azure ATP": "Defender for Identity",
    "EXO": "Exchange Online",
    "SPO": "SharePoint Online",
    "MDO": "Defender for Office 365",
    "MDATP": "Defender for Endpoint",
    "MCAS": "Defender for Cloud Apps",
    "MIP": "Purview",
    "FORMS": "Forms",
    "SWAY": "Sway",
    "Admincenter": "Admin center",
    "AppG": "App governance",
}
SCOPES = {
    "overall": "Secure Score",
    "identity_secure_score": "Identity Secure Score (eleven controls)",
    "entra_identity_secure_score": "Entra's own identity score",
}
EVENTS = {
    "appeared": "appeared in the score",
    "disappeared": "left the score",
    "opened": "opened: was full, is not",
    "completed": "completed",
    "improved": "improved",
    "regressed": "regressed",
    "reassessed": "maximum reassessed",
    "state_changed": "decision",
    "state_confirmed": "decision confirmed",
    "policy_appeared": "policy made",
    "policy_removed": "policy removed",
    "policy_state_changed": "policy switched",
    "policy_modified": "policy changed",
}
COUNTED = {
    "opened": "opened",
    "state_changed": "decisions",
    "state_confirmed": "decisions confirmed",
    "policy_appeared": "policies made",
    "policy_removed": "policies removed",
    "policy_state_changed": "policies switched",
    "policy_modified": "policies changed",
}
GROUPS = {
    "score_status": "Score",
    "role_status": "Roles",
    "pim_status": "PIM",
    "registration_status": "MFA methods",
    "sign_in_status": "Sign-ins",
    "policy_status": "Policies",
    "risk_status": "Risk",
    "application_status": "Applications",
    "recommendation_status": "Recommendations",
}


def name(text: object) -> Markup:
    """A name from outside, unable to turn around what stands beside it."""
    return Markup("<bdi>{}</bdi>").format(text)


def prose(text: object) -> Markup:
    """An English sentence of the models, whatever name it opens with; backticks are code."""
    parts = str(text or "").split("`")
    return Markup('<bdi dir="ltr">{}</bdi>').format(
        Markup("").join(
            Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
            for index, part in enumerate(parts)
        )
    )


def words(text: str | None) -> str:
    """snake_case as words."""
    return (text or "").replace("_", " ")


def scope(text: str) -> str:
    """A scope of scores as people call it."""
    kind, _, rest = text.partition(":")
    if kind == "service":
        return SERVICES.get(rest, rest.replace("MDA_", "Cloud Apps: "))
    return SCOPES.get(text, rest or words(text))


def status(text: str | None) -> str:
    """An outcome in words."""
    return STATUSES.get(text or "", words(text) or "not read")


def status_class(text: str | None) -> str:
    """good, quiet or bad, for the colour beside the word."""
    return "good" if text in FINE else "quiet" if text in EXPECTED or not text else "bad"
