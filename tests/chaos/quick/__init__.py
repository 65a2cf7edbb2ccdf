"""The connectors with short limits, so that leases run out and far sides settle within a test's time.

All processes of a house load them as they load any third party's: by entry points, of a distribution that
`install` writes into a folder on their path.
"""

from pathlib import Path

ENTRY_POINTS = """\
[omnisales.connectors]
quick-woocommerce = tests.chaos.quick.woocommerce
quick-innoship = tests.chaos.quick.innoship
"""
NAMES = "quick-woocommerce,quick-innoship,manual"


def install(folder: Path) -> Path:
    """Makes the distribution; returns the folder for PYTHONPATH."""
    info = folder / "packages" / "quick_connectors-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: quick-connectors\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return info.parent
