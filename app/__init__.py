"""Quorate: two replicated databases live through the same faults, side by side.

Read these first, in this order:
    vocabulary.py · trace/events.py · sim/process.py · protocols/leaderless/coordinator.py ·
    protocols/leader_follower/election.py · checkers/status.py · static/js/model/fold.js
"""
