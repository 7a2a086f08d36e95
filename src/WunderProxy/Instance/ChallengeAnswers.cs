using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Instance;

/// <summary>Joins the orders of certificates to the proxy: the answers to challenges, by their tokens. Without locks.</summary>
internal sealed class ChallengeAnswers : IChallengeAnswers, IChallengeBoard
{
    private readonly ConcurrentDictionary<string, byte[]> _answers = new(StringComparer.Ordinal);

    /// <summary>Finds the answer that another instance published; null until there is a way to ask.</summary>
    public Func<string, Task<string?>>? FindElsewhere { get; set; }

    /// <inheritdoc/>
    public void Publish(string token, string answer) => _answers[token] = Encoding.ASCII.GetBytes(answer);

    /// <inheritdoc/>
    public void Withdraw(string token) => _answers.TryRemove(token, out _);

    /// <inheritdoc/>
    public ValueTask<byte[]?> FindAsync(string token)
    {
        if (_answers.TryGetValue(token, out var answer))
        {
            return new ValueTask<byte[]?>(answer);
        }

        return FindElsewhere is { } find ? ConvertAsync(find(token)) : default;
    }

    private static async ValueTask<byte[]?> ConvertAsync(Task<string?> finding) =>
        await finding is { } answer ? Encoding.ASCII.GetBytes(answer) : null;
}
