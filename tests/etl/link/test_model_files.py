"""The files of the delivered model: that they are of the code that reads them, and hold nobody's name."""

import pytest

from etl.errors import ReferenceDataError
from etl.link import chance, frequencies
from etl.link import parameters as module
from etl.link.comparisons import COMPARISONS
from etl.link.listing import FILE, listing
from etl.link.parameters import FOLDER, QUESTIONS, parameters
from etl.link.settings import untrained


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_delivered_model_has_the_conditions_of_the_code(question):
    delivered, declared = parameters().models[question], untrained(question)
    told = [
        [(level["label_for_charts"], level["sql_condition"]) for _same, level in chance.levels(one, one)]
        for one in (delivered, declared)
    ]
    assert told[0] == told[1]
    assert [one["output_column_name"] for one in delivered["comparisons"]] == [
        one.name for one in COMPARISONS[question]
    ]


def test_the_list_of_the_model_is_that_of_the_files():
    assert (FOLDER / FILE).read_text(encoding="utf-8") == listing(parameters())


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_less_alike_weighs_no_more(question):
    for comparison, told in zip(COMPARISONS[question], parameters().models[question]["comparisons"], strict=True):
        ratio = {
            level["label_for_charts"]: level["m_probability"] / level["u_probability"]
            for level in told["comparison_levels"][1:]
        }
        for level in comparison.levels:
            assert level.under is None or ratio[level.name] <= ratio[level.under] * 1.001


def test_words_of_few_names_are_not_listed():
    names = [{"comune", "rara"}, *[{"comune"}] * 4, *[{"altra", "rara"}] * 3]
    assert set(frequencies.learn(names).shares) == {"comune"}
    words = parameters().words
    rows = round(1 / words.unseen)
    assert min(words.shares.values()) * rows >= frequencies.FEWEST - 0.01


def test_a_rule_changes_the_digest(monkeypatch):
    before = parameters().digest
    monkeypatch.setattr(module, "RULES", module.RULES | {"service": module.RULES["service"][1:]})
    parameters.cache_clear()
    assert parameters().digest != before
    monkeypatch.undo()
    parameters.cache_clear()
    assert parameters().digest == before


def test_bad_thresholds_are_told_all_at_once(tmp_path):
    table = tmp_path / "thresholds.csv"
    table.write_text("question,merge,review,keep\nservice,molto,0,-3\nlocation,1,2,3\n", encoding="utf-8")
    (tmp_path / "types.csv").write_text("service_type,family,alone,evidence\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError) as raised:
        parameters(tmp_path, trained=False)
    assert len(raised.value.faults) == 4  # no number, wrong order, and two questions without thresholds
