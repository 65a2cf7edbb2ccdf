"""Approval: rules that hold orders until people in certain roles agree (spec APR-1 to APR-3)."""
