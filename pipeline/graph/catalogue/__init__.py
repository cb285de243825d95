"""The feeds by topic: what is asked of Graph, and the declared shape of what comes back.

A table is written down as wire names with a kind (`maxScore:f64`, text where none is given);
`vendorInformation/provider` is a member of a nested object. Nothing is ever inferred.
"""
