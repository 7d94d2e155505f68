"""bench/compare on two runs whose differences are known. Bug hunted: a loss that is not shown.

    test_compare.py PATH_OF_COMPARE
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMPARE = sys.argv.pop()


def run_of(workloads):
    """The JSON of a bench: {workload: (serial, parallel) seconds}."""
    blocks = [{'block': f'{name} 1', 'threads': 2,
               **{side: {'execute_s': {'median': s}, 'reexecutions': 3}
                  for side, s in (('serial', serial), ('parallel', parallel), ('from_list', parallel))}}
              for name, (serial, parallel) in workloads.items()]
    sums = [{'workload': name, 'threads': 2, 'serial_s': serial, 'parallel_s': parallel, 'from_list_s': parallel,
             'reexecutions': 3} for name, (serial, parallel) in workloads.items()]
    return '\n'.join(json.dumps(line) for line in [*blocks, {'summary': [], 'workloads': sums}])


class Compare(unittest.TestCase):
    def compare(self, a, b, *options):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (('a', a), ('b', b)):
                (pathlib.Path(folder) / name).write_text(text, encoding='utf-8')
            return subprocess.run([sys.executable, COMPARE, f'{folder}/a', f'{folder}/b', *options], check=False,
                                  capture_output=True, text=True)

    def test_changes_are_of_the_second_against_the_first(self):
        done = self.compare(run_of({'swaps': (0.004, 0.002)}), run_of({'swaps': (0.005, 0.0015)}))
        self.assertEqual(done.returncode, 0)
        row = next(line for line in done.stdout.splitlines() if line.startswith('swaps'))
        for words in ('+25.0%', '-25.0%', '2.00x', '3.33x'):
            self.assertIn(words, row)

    def test_a_loss_over_the_limit_fails(self):
        a, b = run_of({'swaps': (1, 1), 'mints': (1, 1)}), run_of({'swaps': (1, 0.5), 'mints': (1, 1.2)})
        self.assertEqual(self.compare(a, b, '--fail-over', '25').returncode, 0)
        self.assertEqual(self.compare(a, b, '--fail-over', '15').returncode, 1)
        self.assertEqual(self.compare(b, a, '--fail-over', '15').returncode, 1)  # swaps: from 0.5 to 1

    def test_what_only_one_has_is_named(self):
        done = self.compare(run_of({'swaps': (1, 1), 'mints': (1, 1)}), run_of({'swaps': (1, 1), 'votes': (1, 1)}))
        self.assertIn('only in A: mints', done.stdout)
        self.assertIn('only in B: votes', done.stdout)

    def test_blocks(self):
        done = self.compare(run_of({'swaps': (1, 1)}), run_of({'swaps': (1, 1)}), '--blocks')
        self.assertIn('swaps 1', done.stdout)

    def test_other_files_are_refused(self):
        done = self.compare('{"block":"x"}', run_of({}))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('does not end with the summary', done.stderr)


if __name__ == '__main__':
    unittest.main()
