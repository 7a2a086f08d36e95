using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Explanations;

/// <summary>
/// Keeps the last failed launch with its evidence, in memory and in the local state. That it cannot be written is no
/// failure: the evidence is then lost with the process.
/// </summary>
internal sealed class FailedLaunchKeeper
{
    private const string DocumentName = "failed-launch.json";
    private const int MaxMessageLength = 4_000;
    private const int MaxLineLength = 1_000;
    private const int MaxVariables = 200;
    private const int MaxNameLength = 128;

    private static readonly JsonTypeInfo<FailedLaunch> Type = ExplanationJsonContext.Default.FailedLaunch;

    private readonly LocalState _state;
    private readonly Lock _lock = new();
    private FailedLaunch? _last;
    private Exception? _thrown;

    public FailedLaunchKeeper(LocalState state)
    {
        _state = state;
        _last = Read();
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

    /// <summary>Keeps a failed launch in place of the one before.</summary>
    /// <param name="thrown">The exception that tells the caller of the launch.</param>
    /// <param name="failed">The launch and its evidence.</param>
    public void Note(Exception thrown, FailedLaunch failed)
    {
        lock (_lock)
        {
            _thrown = thrown;
            _last = Bounded(failed);
            TryWrite(_last);
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

    private static FailedLaunch Bounded(FailedLaunch failed) => failed with
    {
        Message = Cut(failed.Message, MaxMessageLength),
        Variables = [.. failed.Variables.Take(MaxVariables).Select(name => Cut(name, MaxNameLength))],
        Details = failed.Details is { Log: { } log } details
            ? details with { Log = [.. log.Select(line => Cut(line, MaxLineLength))] }
            : failed.Details,
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + " …";

    private FailedLaunch? Read()
    {
        try
        {
            return _state.ReadDocument(
                DocumentName,
                Type,
                static read => read is { Code: not null, Message: not null, Steps: not null, Variables: not null } ? null : "it is incomplete");
        }
        catch (Exception exception) when (exception is StateUnreadableException or StateUnwritableException)
        {
            // Evidence of the past is worth no failed start.
            return null;
        }
    }

    private void TryWrite(FailedLaunch failed)
    {
        try
        {
            _state.WriteDocument(DocumentName, failed, Type);
        }
        catch (StateUnwritableException)
        {
            // Kept in memory.
        }
    }
}
