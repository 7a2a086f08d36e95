using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Explanations;

[Parallelizable(ParallelScope.All)]
internal sealed class FailedLaunchKeeperTests
{
    private static readonly FailedLaunch Launch = new()
    {
        At = DateTimeOffset.UnixEpoch,
        Revision = "r2",
        Code = "exit_code",
        Message = "exited",
        Variables = ["PORT"],
        Steps = [new StepTime("starting", 1)],
        Details = new DeploymentErrorDetails { ExitCode = 7, Log = ["boom"] },
    };

    [Test]
    public void Kept_launch_is_there_after_a_restart()
    {
        using var folder = new TemporaryDirectory();
        using (var state = Open(folder))
        {
            new FailedLaunchKeeper(state).Note(new IOException(), Launch);
        }

        using var again = Open(folder);
        var read = new FailedLaunchKeeper(again).Last!;

        Assert.That(read.Revision, Is.EqualTo("r2"));
        Assert.That(read.Details!.Log, Is.EqualTo(new[] { "boom" }));
        Assert.That(read.Steps, Is.EqualTo(Launch.Steps));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Code\":null,\"Message\":\"x\"}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Code\":\"x\",\"Message\":\"x\",\"By\":null}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Code\":\"x\",\"Message\":\"x\",\"Steps\":[null]}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Code\":\"x\",\"Message\":\"x\",\"Details\":{\"Log\":[null]}}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Code\":\"x\",\"Message\":\"x\",\"Details\":{\"Probes\":[null]}}")]
    public void Document_that_somebody_broke_is_none(string text)
    {
        using var folder = new TemporaryDirectory();
        using var state = Open(folder);
        File.WriteAllText(Path.Combine(state.FullPath, "failed-launch.json"), text);

        Assert.That(new FailedLaunchKeeper(state).Last, Is.Null);
    }

    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Hash\":\"bb\",\"Revision\":\"r2\",\"By\":null}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Hash\":\"bb\",\"Revision\":\"r2\",\"FromRevision\":null}")]
    [TestCase("{\"At\":\"2026-01-01T00:00:00Z\",\"Hash\":\"bb\",\"Revision\":\"r2\",\"Steps\":[null]}")]
    public void Switch_that_somebody_broke_is_none(string text)
    {
        using var folder = new TemporaryDirectory();
        using var state = Open(folder);
        File.WriteAllText(Path.Combine(state.FullPath, "last-switch.json"), text);

        Assert.That(new SwitchKeeper(state).Last, Is.Null);
    }

    [Test]
    public void Operation_adds_its_caller_to_the_evidence_of_its_launch()
    {
        using var folder = new TemporaryDirectory();
        using var state = Open(folder);
        var keeper = new FailedLaunchKeeper(state);
        var thrown = new IOException();

        keeper.Note(thrown, Launch);
        keeper.NoteOperation(thrown, new FailedLaunch { At = Launch.At, Kind = "deploy", By = "ada", Code = "exit_code", Message = "" });

        Assert.That((keeper.Last!.Kind, keeper.Last.By, keeper.Last.Details!.ExitCode), Is.EqualTo(("deploy", "ada", 7L)));
    }

    [Test]
    public void Operation_that_failed_before_its_launch_is_kept_by_itself()
    {
        using var folder = new TemporaryDirectory();
        using var state = Open(folder);
        var keeper = new FailedLaunchKeeper(state);

        keeper.Note(new IOException(), Launch);
        keeper.NoteOperation(new IOException(), new FailedLaunch { At = Launch.At, Kind = "deploy", Code = "hash_mismatch", Message = "" });

        Assert.That((keeper.Last!.Code, keeper.Last.Revision), Is.EqualTo(("hash_mismatch", "")));
    }

    [Test]
    public void Evidence_is_bounded()
    {
        using var folder = new TemporaryDirectory();
        using var state = Open(folder);
        var keeper = new FailedLaunchKeeper(state);

        keeper.Note(new IOException(), Launch with
        {
            Message = new string('m', 100_000),
            Variables = [.. Enumerable.Repeat(new string('v', 1_000), 1_000)],
            Details = new DeploymentErrorDetails { Log = [new string('l', 100_000)] },
        });

        var last = keeper.Last!;
        Assert.That(last.Message.Length + last.Variables.Sum(name => name.Length) + last.Details!.Log!.Sum(line => line.Length), Is.LessThan(40_000));
    }

    private static LocalState Open(TemporaryDirectory folder)
    {
        var state = LocalState.Open(folder.FullPath, new ServiceName("b", "p", "a"));
        Assert.That(state.TryLock());
        return state;
    }
}
