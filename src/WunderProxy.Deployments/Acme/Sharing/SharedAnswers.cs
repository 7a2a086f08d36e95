using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// Looks up answers that other instances published. Requests for unknown tokens come from anybody, so the store is asked at
/// most 5 times a second, a token that was not there is not looked for again for a minute, and several requests for one token
/// wait for one read. Past that bound requests wait for a listing of all answers, one a second: strangers cannot keep a
/// certificate authority from its answer.
/// </summary>
internal sealed class SharedAnswers(SharedDocuments documents, TimeProvider clock)
{
    /// <summary>Reads of single answers a second; the fifth call of the second is left to the listing.</summary>
    private const int ReadsPerSecond = 4;

    private const int MaxRemembered = 2_000;
    private const string NameStart = "challenge.";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _secondStart;
    private int _readsThisSecond;
    private long? _lastListing;
    private Task<HashSet<string>>? _nextListing;

    /// <summary>Name of the document with the answer to a token.</summary>
    public static string NameOf(string token) => NameStart + token;

    /// <summary>Finds the answer to a token.</summary>
    /// <param name="token">A token as <see cref="ChallengeToken"/> allows it.</param>
    /// <returns>The answer; null if there is none or it cannot be known now. Never fails.</returns>
    public Task<string?> FindAsync(string token)
    {
        if (TryRecall(token, out var answer))
        {
            return answer;
        }

        lock (_gate)
        {
            return TryRecall(token, out answer) ? answer
                : MayRead() ? Read(token)
                : FindListedAsync(token, _nextListing ??= ListAsync());
        }
    }

    private bool TryRecall(string token, out Task<string?> answer)
    {
        var isKnown = _found.TryGetValue(token, out var found) && clock.GetElapsedTime(found.At) < Memory;
        answer = found.Answer;
        return isKnown;
    }

    private bool MayRead()
    {
        var now = clock.GetTimestamp();
        if (_readsThisSecond == 0 || clock.GetElapsedTime(_secondStart, now) >= Second)
        {
            (_secondStart, _readsThisSecond) = (now, 0);
        }

        return _readsThisSecond < ReadsPerSecond && ++_readsThisSecond > 0;
    }

    /// <summary>Reads an answer and remembers it; called under the gate.</summary>
    private Task<string?> Read(string token)
    {
        if (_found.Count >= MaxRemembered)
        {
            _found.Clear();
        }

        var found = new Found(Task.Run(() => ReadAsync(token)), clock.GetTimestamp());
        _found[token] = found;
        return found.Answer;
    }

    private async Task<string?> FindListedAsync(string token, Task<HashSet<string>> listing)
    {
        if (!(await listing).Contains(NameOf(token)))
        {
            return null;
        }

        // Tokens are not guessed: there are as many of these reads as answers.
        Task<string?> answer;
        lock (_gate)
        {
            answer = TryRecall(token, out var recalled) ? recalled : Read(token);
        }

        return await answer;
    }

    /// <summary>
    /// Lists the names of all answers, a second after the listing before began. A request that comes before it begins waits
    /// for it: an answer that was published before the request is in it.
    /// </summary>
    private async Task<HashSet<string>> ListAsync()
    {
        // Not under the gate, which the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (_lastListing is { } last && Second - clock.GetElapsedTime(last) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, clock);
        }

        lock (_gate)
        {
            _lastListing = clock.GetTimestamp();
            _nextListing = null;
        }

        using var limit = new CancellationTokenSource(CallLimit, clock);
        try
        {
            return await documents.ListAsync(NameStart, limit.Token);
        }
        catch (Exception exception) when (exception is ObjectStoreException or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task<string?> ReadAsync(string token)
    {
        using var limit = new CancellationTokenSource(CallLimit, clock);
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
