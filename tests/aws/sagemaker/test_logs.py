"""Lines of a work reach its stream once each, in order, whenever the process that ships them ends."""

from collections.abc import AsyncIterator

from simulator.aws.sagemaker.acting import as_role
from simulator.aws.sagemaker.logs import LogShipper
from tests.aws.sagemaker.fake_cloud import FakeCloud, play

STREAM = ("/aws/sagemaker/TrainingJobs", "train-1/algo-1-1")
ROLE = "arn:aws:iam::111111111111:role/Execution"


async def lines(*texts: str) -> AsyncIterator[str]:
    """Lines as an engine gives them."""
    for text in texts:
        yield text


def shipper(cloud: FakeCloud, skip: int = 0) -> LogShipper:
    """A shipper to the stream."""
    return LogShipper(as_role(cloud, ROLE, "us-east-1"), *STREAM, skip)


def test_each_line_is_put_once_and_in_order() -> None:
    async def story(cloud: FakeCloud) -> None:
        await shipper(cloud).ship(lines("one", "two", "three"))
        assert cloud.logs[STREAM] == ["one", "two", "three"]

    play(story)


def test_a_process_that_ended_before_it_noted_what_it_put_has_nothing_put_twice() -> None:
    async def story(cloud: FakeCloud) -> None:
        await shipper(cloud).ship(lines("one", "two", "three"))
        for noted in (0, 1, 3):
            await shipper(cloud, noted).ship(lines("one", "two", "three", "four", "five"))
            assert cloud.logs[STREAM] == ["one", "two", "three", "four", "five"]

    play(story)


def test_lines_that_come_one_by_one_are_compared_one_by_one() -> None:
    async def story(cloud: FakeCloud) -> None:
        await shipper(cloud).ship(lines("one", "two", "three"))
        again = shipper(cloud)
        for text in ("one", "two", "three", "four"):
            await again.ship(lines(text))
        assert cloud.logs[STREAM] == ["one", "two", "three", "four"]

    play(story)
