using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>
/// Finds the answers to the requests of a certificate authority (RFC 8555 section 8.3). One object for each loop.
/// </summary>
internal sealed class ChallengeAnswerer(IChallengeAnswers challenges, TransportLoop loop)
{
    private const int MinTokenLength = 20;
    private const int MaxTokenLength = 128;

    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static ReadOnlySpan<byte> Start => "/.well-known/acme-challenge/"u8;

    /// <summary>
    /// Whether a request may ask for an answer: GET or HEAD of a token below the path of the challenges. All others go
    /// the ordinary way.
    /// </summary>
    public static bool IsFor(RequestHead head) =>
        head.KnownMethod is KnownMethod.Get or KnownMethod.Head && !TokenOf(head.OriginTarget).IsEmpty;

    /// <summary>Finds the answer to a request for which <see cref="IsFor"/> is true; the loop goes on meanwhile.</summary>
    /// <returns>The body; null if the token is unknown.</returns>
    public ValueTask<byte[]?> FindAsync(RequestHead head)
    {
        var finding = challenges.FindAsync(Encoding.ASCII.GetString(TokenOf(head.OriginTarget)));
        return finding.IsCompletedSuccessfully ? finding : AwaitAsync(finding.AsTask());
    }

    private static ReadOnlySpan<byte> TokenOf(ReadOnlySpan<byte> target)
    {
        if (!target.StartsWith(Start))
        {
            return default;
        }

        var token = target[Start.Length..];
        return token.Length is >= MinTokenLength and <= MaxTokenLength && token.IndexOfAnyExcept(Allowed) < 0 ? token : default;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<byte[]?> AwaitAsync(Task<byte[]?> finding)
    {
        var found = new LoopSignal();
        var wait = found.WaitAsync();
        _ = finding.ContinueWith(
            (_, state) => loop.Post(static signal => ((LoopSignal)signal!).Set(), state),
            found,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await wait;
        return finding.IsCompletedSuccessfully ? await finding : null;
    }
}
