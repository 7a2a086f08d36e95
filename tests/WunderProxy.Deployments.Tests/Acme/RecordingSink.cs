using WunderProxy.Deployments.Acme;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>Records certificates and answers to challenges.</summary>
internal sealed class RecordingSink : ICertificateSink, IChallengeBoard
{
    /// <summary>The certificates by host, the last one of each.</summary>
    public Dictionary<string, (string Chain, string Key)> Certificates { get; } = new(StringComparer.Ordinal);

    /// <summary>Number of certificates handed over.</summary>
    public int Uses { get; private set; }

    /// <summary>Every answer ever published.</summary>
    public List<(string Token, string Answer)> Published { get; } = [];

    /// <summary>Tokens that are answered at present.</summary>
    public HashSet<string> Open { get; } = new(StringComparer.Ordinal);

    public void Use(string host, string chainPem, string keyPem)
    {
        Uses++;
        Certificates[host] = (chainPem, keyPem);
    }

    public void Publish(string token, string answer)
    {
        Published.Add((token, answer));
        Open.Add(token);
    }

    public void Withdraw(string token) => Open.Remove(token);
}
