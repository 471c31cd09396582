#!/usr/bin/env python3
"""Every config of configs/ is sound; of those that need data which is not there, all but that.

usage: configs_test.py CBSIM
"""

import subprocess
import sys
import unittest
from pathlib import Path

CBSIM = sys.argv.pop(1)
ROOT = Path(__file__).resolve().parents[2]


class ConfigsTest(unittest.TestCase):
    def test_every_config_is_valid(self):
        configs = sorted((ROOT / "configs").rglob("*.json"))
        self.assertGreater(len(configs), 15)
        sound = 0
        for config in configs:
            with self.subTest(config.name):
                done = subprocess.run([CBSIM, "validate", str(config)], capture_output=True,
                                      text=True, timeout=60)
                errors = done.stderr.splitlines()
                missing = [line for line in errors if "/environment/path: cannot read " in line]
                self.assertEqual(errors, missing)
                self.assertEqual(done.returncode == 0, not errors)
                sound += done.returncode == 0
        self.assertGreater(sound, len(configs) - 5)


if __name__ == "__main__":
    unittest.main()
