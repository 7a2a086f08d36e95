namespace WunderProxy.LoadClient;

/// <summary>What one worker counted; only that worker writes it, and the run reads it when the worker has ended.</summary>
internal sealed class LoadTally
{
    private const int KeptFailures = 20;

    /// <summary>Requests of which at least the connection was tried.</summary>
    public long Sent { get; private set; }

    /// <summary>Requests with a complete, correct answer.</summary>
    public long Answered { get; private set; }

    public long Stale { get; private set; }

    public Dictionary<FailureKind, long> Failures { get; } = [];

    public Dictionary<string, long> Revisions { get; } = new(StringComparer.Ordinal);

    public List<string> Descriptions { get; } = [];

    /// <summary>In ticks of <see cref="TimeSpan"/>.</summary>
    public List<long> ResponseTimes { get; } = [];

    public void AddSent() => Sent++;

    public void AddAnswer(string revision, TimeSpan time)
    {
        Answered++;
        Revisions[revision] = Revisions.GetValueOrDefault(revision) + 1;
        ResponseTimes.Add(time.Ticks);
    }

    public void AddStale(string description)
    {
        Stale++;
        Describe($"stale: {description}");
    }

    public void AddFailure(FailureKind kind, string description)
    {
        Failures[kind] = Failures.GetValueOrDefault(kind) + 1;
        Describe($"{kind}: {description}");
    }

    private void Describe(string text)
    {
        if (Descriptions.Count < KeptFailures)
        {
            Descriptions.Add(text);
        }
    }
}
