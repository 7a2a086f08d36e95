using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Applications;

/// <summary>Events on the way to a switch, with a store that does not answer until the test says so.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class EventRecorderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingLogger _log = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryObjectStore _store = new()
    {
        Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
    };

    private readonly LocalState _state;

    public EventRecorderTests() => _state = LocalState.Open(_directory.FullPath, new ServiceName("b", "p", "a"));

    public void Dispose()
    {
        _state.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Event_that_is_kept_does_not_wait_for_the_store()
    {
        var recorder = CreateRecorder();

        await recorder.RecordAtOnceAsync(recorder.Create(EventType.Launch, "t"));

        Assert.That((_state.PendingEvents().Count, _store.Keys.Count), Is.EqualTo((1, 0)));
        await EndAsync(recorder);
    }

    [Test]
    public async Task Event_that_cannot_be_kept_waits_for_the_store()
    {
        Directory.Delete(_state.FullPath, recursive: true);
        var recorder = CreateRecorder();

        var recording = recorder.RecordAtOnceAsync(recorder.Create(EventType.Launch, "t"));
        var hadEnded = recording.IsCompleted;
        _store.Gate!.SetResult();
        await recording;

        Assert.That((hadEnded, _store.Keys.Count), Is.EqualTo((false, 1)));
        await recorder.DisposeAsync();
    }

    [Test]
    public async Task Event_that_neither_machine_nor_store_has_at_the_end_is_told_to_be_lost()
    {
        Directory.Delete(_state.FullPath, recursive: true);
        var recorder = CreateRecorder();

        var recording = recorder.RecordAtOnceAsync(recorder.Create(EventType.Launch, "t"));
        await EndAsync(recorder);
        await recording;

        Assert.That(_log.MessagesFrom(LogLevel.Warning), Is.EqualTo(new[]
        {
            "An event of type launch could not be recorded: "
            + "the process ends before the store has the event, and the local state cannot be written",
        }));
    }

    /// <summary>Ends the recorder while the store gives up the call that waits.</summary>
    private async Task EndAsync(EventRecorder recorder)
    {
        var ending = recorder.DisposeAsync();
        _store.Gate!.SetCanceled();
        await ending;
    }

    private EventRecorder CreateRecorder() => new(
        new EventLog(_store, "p", _state),
        new StoreCondition(new Circuit(_clock, _ => { }), new NoticeBoard(_log)),
        _clock,
        _log,
        FaultPoints.None);
}
