using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Keeps what happened lately, in memory.</summary>
internal sealed class IncidentBook(TimeProvider clock)
{
    private const int MaxCount = 64;

    private readonly Lock _lock = new();
    private readonly Queue<Incident> _incidents = new();

    /// <summary>Returns what happened lately, oldest first.</summary>
    public IReadOnlyList<Incident> ToList()
    {
        lock (_lock)
        {
            return [.. _incidents];
        }
    }

    /// <summary>Notes that something happens now to a revision.</summary>
    public void Note(string what, string revision, long? exitCode = null, string detail = "") =>
        Note(new Incident(clock.GetUtcNow(), what, revision) { ExitCode = exitCode, Detail = detail });

    /// <summary>Notes something that happened to the container or the service.</summary>
    public void Note(Incident incident)
    {
        lock (_lock)
        {
            _incidents.Enqueue(incident);
            if (_incidents.Count > MaxCount)
            {
                _incidents.Dequeue();
            }
        }
    }
}
