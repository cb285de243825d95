"""Who holds which role at the start of a story, and which roles are given later."""

# What each shape starts with: (role, kind of principal, how many).
START: dict[str, tuple[tuple[str, str, int], ...]] = {
    "small_business": (
        ("Global Administrator", "user", 2),
        ("Global Administrator", "guest", 1),
        ("User Administrator", "user", 1),
        ("Billing Administrator", "user", 1),
        ("Global Reader", "service_principal", 1),
    ),
    "mid_size": (
        ("Global Administrator", "user", 4),
        ("User Administrator", "user", 2),
        ("Helpdesk Administrator", "administrative_unit", 2),
        ("Helpdesk Administrator", "group", 1),
        ("Exchange Administrator", "user", 2),
        ("SharePoint Administrator", "user", 1),
        ("Conditional Access Administrator", "user", 1),
        ("Security Reader", "deleted", 1),
        ("On Premises Directory Sync Account", "synced", 1),
        ("Cloud Application Administrator", "service_principal", 1),
    ),
    "regulated": (
        ("Global Administrator", "user", 3),
        ("Global Administrator", "disabled", 1),
        ("Privileged Role Administrator", "user", 2),
        ("Security Administrator", "user", 3),
        ("Security Operator", "group", 1),
        ("Security Reader", "group", 1),
        ("Application Administrator", "application", 1),
        ("Authentication Administrator", "administrative_unit", 3),
        ("Intune Administrator", "synced", 2),
        ("Compliance Administrator", "user", 2),
        ("Directory Readers", "service_principal", 2),
        ("Global Reader", "guest", 1),
        ("Reports Reader", "deleted", 1),
        ("(custom)", "user", 2),
    ),
}
# A provider's groups with the roles that they hold: (group, role, first day).
DELEGATED = (
    ("Tier 2 Engineers", "Helpdesk Administrator", 0),
    ("Escalation Engineers", "Global Administrator", 91),
)
LATER = (
    "User Administrator",
    "Helpdesk Administrator",
    "Exchange Administrator",
    "Security Administrator",
    "Groups Administrator",
    "Application Administrator",
)
