"""Basket, checkout, payment, and an order's own pages."""
