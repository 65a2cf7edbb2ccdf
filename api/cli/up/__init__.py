"""`omnisales up`: the servers, the migrations and all processes of an installation in one supervised tree.

command -> session -> run -> supervisor -> launch     from the command line down to one child process
postgres, valkey     the embedded servers (place, binaries, account, stale_pid: what PostgreSQL needs)
home, keys, ports    what is kept between starts
orphans, waiting     what is left of an earlier run, and what is not there yet
"""
