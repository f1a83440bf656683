"""How values look on the wire: times, durations, bodies, queries, signatures, answers."""
