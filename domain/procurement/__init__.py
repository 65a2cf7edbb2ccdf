"""What Acquisitions are asked to buy, urgently, since orders wait for it (spec STK-3)."""
