"""Tables of facts about the real service, and the script that makes them.

In: recordings. Out: locations.json, resource_areas.json. Never: behaviour.
"""
