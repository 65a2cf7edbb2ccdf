"""Bad input at random: nothing that a caller sends is answered with a fault of ours."""
