"""`omnisales init`: a house for production, from nothing to its first administrator.

command    the options, in what order things are done, what is printed
finding    what a look at one thing found: well, to be mended, or worth a thought
settings   looks at settings by themselves      servers   looks at what they lead to
first      the first administrator, the first key: made once
"""
