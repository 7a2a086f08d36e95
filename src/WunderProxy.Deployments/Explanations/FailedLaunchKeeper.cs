using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Keeps the last failed launch with its evidence, in memory and in the local state.</summary>
internal sealed class FailedLaunchKeeper
{
    private const int MaxMessageLength = 4_000;
    private const int MaxLineLength = 1_000;
    private const int MaxVariables = 200;
    private const int MaxNameLength = 128;

    private readonly KeptDocument<FailedLaunch> _document;
    private readonly Lock _lock = new();
    private FailedLaunch? _last;
    private Exception? _thrown;

    public FailedLaunchKeeper(LocalState state)
    {
        _document = new KeptDocument<FailedLaunch>(
            state,
            "failed-launch.json",
            ExplanationJsonContext.Default.FailedLaunch,
            static read => IsWhole(read) ? null : "it is incomplete");
        _last = _document.Read();
    }

    /// <summary>The last failed launch; null if none is known.</summary>
    public FailedLaunch? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Keeps a failed launch in place of the earlier one.</summary>
    /// <param name="thrown">The exception that tells the caller of the launch.</param>
    /// <param name="failed">The launch and its evidence.</param>
    public void Note(Exception thrown, FailedLaunch failed)
    {
        lock (_lock)
        {
            _thrown = thrown;
            _last = Bounded(failed);
            _document.TryWrite(_last);
        }
    }

    /// <summary>
    /// Adds which operation failed, and who asked for it. Without a launch that failed with the same exception, the
    /// operation failed before it launched, and is kept by itself.
    /// </summary>
    /// <param name="thrown">The exception that ended the operation.</param>
    /// <param name="operation">The operation, without the evidence of a container.</param>
    public void NoteOperation(Exception thrown, FailedLaunch operation)
    {
        lock (_lock)
        {
            var isSame = ReferenceEquals(_thrown, thrown) && _last is not null;
            Note(thrown, !isSame ? operation : _last! with
            {
                Kind = operation.Kind,
                By = operation.By,
                Seconds = operation.Seconds,
                Steps = operation.Steps,
            });
        }
    }

    /// <summary>Whether a document that was read has all that judges and pages rely on; somebody may have edited it.</summary>
    private static bool IsWhole(FailedLaunch read) =>
        read is
        {
            Kind: not null, By: not null, Hash: not null, Revision: not null, Code: not null, Message: not null,
            Image: not null, ImagePlatform: not null, HealthCheckPath: not null, Steps: not null, Variables: not null,
        }
        && read.Steps.All(step => step is { Step: not null })
        && read.Variables.All(name => name is not null)
        && (read.Details?.Log ?? []).All(line => line is not null)
        && (read.Details?.ListeningAddresses ?? []).All(address => address is not null)
        && (read.Details?.Probes ?? []).All(probe => probe is { Result: not null });

    private static FailedLaunch Bounded(FailedLaunch failed) => failed with
    {
        Message = Cut(failed.Message, MaxMessageLength),
        Variables = [.. failed.Variables.Take(MaxVariables).Select(name => Cut(name, MaxNameLength))],
        Details = failed.Details is { Log: { } log } details
            ? details with { Log = [.. log.Select(line => Cut(line, MaxLineLength))] }
            : failed.Details,
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + " …";
}
