using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// Looks up answers that other instances published. Requests for unknown tokens come from anybody, so the store is read at
/// most 5 times a second, a token that was not there is not looked for again for a minute, and several requests for one token
/// wait for one read.
/// </summary>
internal sealed class SharedAnswers(SharedDocuments documents, TimeProvider clock)
{
    private const int ReadsPerSecond = 5;
    private const int MaxRemembered = 2_000;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _secondStart;
    private int _readsThisSecond;

    /// <summary>Name of the document with the answer to a token.</summary>
    public static string NameOf(string token) => "challenge." + token;

    /// <summary>Finds the answer to a token.</summary>
    /// <param name="token">A token as <see cref="ChallengeToken"/> allows it.</param>
    /// <returns>The answer; null if there is none or it cannot be known now. Never fails.</returns>
    public Task<string?> FindAsync(string token)
    {
        if (_found.TryGetValue(token, out var found) && clock.GetElapsedTime(found.At) < Memory)
        {
            return found.Answer;
        }

        lock (_gate)
        {
            if (_found.TryGetValue(token, out found) && clock.GetElapsedTime(found.At) < Memory)
            {
                return found.Answer;
            }

            if (!MayRead())
            {
                return Task.FromResult<string?>(null);
            }

            if (_found.Count >= MaxRemembered)
            {
                _found.Clear();
            }

            found = new Found(Task.Run(() => ReadAsync(token)), clock.GetTimestamp());
            _found[token] = found;
            return found.Answer;
        }
    }

    private bool MayRead()
    {
        var now = clock.GetTimestamp();
        if (_readsThisSecond == 0 || clock.GetElapsedTime(_secondStart, now) >= TimeSpan.FromSeconds(1))
        {
            (_secondStart, _readsThisSecond) = (now, 0);
        }

        return _readsThisSecond < ReadsPerSecond && ++_readsThisSecond > 0;
    }

    private async Task<string?> ReadAsync(string token)
    {
        using var limit = new CancellationTokenSource(ReadLimit, clock);
        try
        {
            return await documents.ReadAsync(NameOf(token), limit.Token) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;
        }
        catch (Exception exception) when (exception is ObjectStoreException or AcmeException or OperationCanceledException)
        {
            // The request goes to the application, as for an unknown token; this answer is remembered, too.
            return null;
        }
    }

    private readonly record struct Found(Task<string?> Answer, long At);
}
