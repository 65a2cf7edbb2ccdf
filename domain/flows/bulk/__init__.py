"""Actions on many orders: asked for once, carried out order by order, each in a transaction of its own."""
