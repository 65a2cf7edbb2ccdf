"""The demo: a recorded store's day, from its first webhook to delivered parcels, through public doors only.

play         the day from beginning to end
stage        the installation and the far sides' stand-ins, as child processes (fresh_home: in a home of its own)
api, far_sides     the doors: GraphQL with the admin's key; the stand-ins' control doors
opening, trade, mending, desk, parcels, closing     the scenes
expectation, narrator     what must come true, and how it is told
data/        the day's plan, and the GraphQL operations
"""
