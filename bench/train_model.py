"""Train the model of wordings and write it: the same rows give the same bytes.

    python bench/train_model.py --data ../shared/data/sms

Rows: the corpora that `pipeline/apps/model_rows.py` names, and the wordings in bench/wordings. What the model is good
for: bench/evaluate_model.py, docs/model-card.md.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.model_rows import examples_of, read_all_wordings, read_training_corpora
from pipeline.apps.model_training import fit

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "pipeline" / "reading" / "model.bin")
    arguments = parser.parse_args()
    began = time.perf_counter()
    examples = examples_of(read_training_corpora(arguments.data), read_all_wordings(REPOSITORY / "bench" / "wordings"))
    model = fit(examples)
    arguments.output.write_bytes(model.to_bytes())
    frauds = sum(example.is_fraud for example in examples)
    seconds = time.perf_counter() - began
    places = sum(map(bool, model.weights))
    print(  # noqa: T201 - this is what it is for
        f"{len(examples)} examples, {frauds} of them frauds; {places} weights that are not 0; version {model.version}; "
        f"sha256 {hashlib.sha256(model.to_bytes()).hexdigest()}; {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
