"""Microsoft Graph: what is read, how, and how each way of not getting it is named."""
