namespace WunderProxy.LoadClient;

/// <summary>
/// The counts of one worker. Only that worker writes them; the run reads them when the worker has ended.
/// </summary>
internal sealed class LoadTally
{
    private const int KeptFailures = 20;

    /// <summary>Number of requests for which at least the connection was tried.</summary>
    public long Sent { get; private set; }

    /// <summary>Number of requests with a complete and correct answer.</summary>
    public long Answered { get; private set; }

    /// <summary>Number of answers whose content was encoded, compressed that is.</summary>
    public long Encoded { get; private set; }

    public long Stale { get; private set; }

    public Dictionary<FailureKind, long> Failures { get; } = [];

    public Dictionary<string, long> Revisions { get; } = new(StringComparer.Ordinal);

    public List<string> Descriptions { get; } = [];

    /// <summary>Response times in ticks of <see cref="TimeSpan"/>.</summary>
    public List<long> ResponseTimes { get; } = [];

    public void AddSent() => Sent++;

    public void AddAnswer(string revision, TimeSpan time, bool isEncoded)
    {
        Answered++;
        Encoded += isEncoded ? 1 : 0;
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
