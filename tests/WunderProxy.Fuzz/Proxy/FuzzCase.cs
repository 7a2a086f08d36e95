using System.Net;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>
/// One input: what a client sends, what it means, what the origin answers. The client has a loopback address of its
/// own,
/// which the proxy tells the origin: so each request there belongs to its input, whatever was done to its bytes.
/// </summary>
internal sealed class FuzzCase
{
    private const int Networks = 100;

    private static readonly string[] SetByProxy =
    [
        "Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Content-Length", "Transfer-Encoding",
        "TE", "Connection", "Upgrade", "Max-Forwards",
    ];

    private static readonly string[] HopByHop =
    [
        "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "proxy-authentication-info",
        "http2-settings",
    ];

    private static readonly string[] Repeatable = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"];

    private readonly Lock _gate = new();
    private int _last = -1;
    private bool _mayRepeat;

    /// <summary>The input of this number.</summary>
    public FuzzCase(int seed, int round)
    {
        Seed = seed;
        Round = round;
        Address = new IPAddress([127, (byte)(1 + ((round >> 16) % Networks)), (byte)(round >> 8), (byte)round]);
        var random = new Random(
            unchecked((int)((((ulong)(uint)seed << 32) | (uint)round) * 0x9E3779B97F4A7C15UL >> 32)));
        Text = MakeText(random, $"{round:x8}");
        Messages = PlainRequest.ReadAll(Text);
        ValidCount = Messages.Count(message => message.State == ReadState.Complete);
        var replies = new ReplyMaker(random);
        Replies = [.. Messages.Select((message, index) => message.HasHead ? replies.Next(message, Mark(index)) : null)];
        End = random.Next(20) switch
        {
            0 => ClientEnd.ResetEarly,
            1 => ClientEnd.FinishEarly,
            < 16 => ClientEnd.Reset,
            _ => ClientEnd.Finish,
        };
        Cuts = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(Text.Length + 1)).Order(), Text.Length];
    }

    /// <summary>Where the inputs come from.</summary>
    public int Seed { get; }

    /// <summary>Number of the input.</summary>
    public int Round { get; }

    /// <summary>The client's address.</summary>
    public IPAddress Address { get; }

    /// <summary>What the client sends.</summary>
    public string Text { get; }

    /// <summary>Where its writes end.</summary>
    public IReadOnlyList<int> Cuts { get; }

    /// <summary>How it ends.</summary>
    public ClientEnd End { get; }

    /// <summary>What it means.</summary>
    public IReadOnlyList<PlainMessage> Messages { get; }

    /// <summary>Messages that are complete and valid.</summary>
    public int ValidCount { get; }

    /// <summary>Whether the bytes end with what is no message, so that the proxy has to close.</summary>
    public bool EndsInvalid => Messages.Count > 0 && Messages[^1].State == ReadState.Invalid;

    /// <summary>What the origin answers to each.</summary>
    public IReadOnlyList<Reply?> Replies { get; }

    /// <summary>What the answer to a message carries.</summary>
    public string Mark(int index) => $"{Round:x8}-{index}";

    /// <summary>Finds the message that a request at the origin is.</summary>
    /// <exception cref="FuzzFailureException">It is none, or is out of order, or says something that the client did
    /// not.</exception>
    public int Match(PlainMessage seen)
    {
        lock (_gate)
        {
            string? fault = null;
            for (var index = Math.Max(0, _mayRepeat ? _last : _last + 1); index < Messages.Count; index++)
            {
                if (!IsSame(Messages[index], seen))
                {
                    continue;
                }

                if (FaultOf(Messages[index], seen) is { } found)
                {
                    fault ??= found;
                    continue;
                }

                _last = index;
                _mayRepeat = Replies[index] is { Pieces.Count: 0 } && Repeatable.Contains(seen.Start[0]);
                return index;
            }

            fault ??= "no message of the client is that";
            throw new FuzzFailureException($"the origin got a wrong request, {fault}: {string.Join(' ', seen.Start)}");
        }
    }

    /// <summary>Compares what the origin got of a body.</summary>
    /// <exception cref="FuzzFailureException">It is not what the client sent.</exception>
    public void CheckBody(int index, PlainMessage seen)
    {
        var sent = Messages[index];
        var isRight = seen.State == ReadState.Complete
            ? sent.State == ReadState.Complete && seen.Body == sent.Body
            : sent.Body.StartsWith(seen.Body, StringComparison.Ordinal);
        Hold(isRight, $"the origin got another body, {seen.State} where it was {sent.State}");
    }

    /// <summary>Compares what the origin got through a tunnel.</summary>
    /// <exception cref="FuzzFailureException">It is not what the client sent.</exception>
    public void CheckTunnel(int index, string seen) =>
        Hold(Text[Messages[index].End..].StartsWith(seen, StringComparison.Ordinal),
            "other bytes came through the tunnel");

    private static string MakeText(Random random, string mark)
    {
        var count = random.Next(10) switch { < 6 => 1, < 8 => 2, 8 => 3, _ => 5 };
        var maker = new RequestMaker(random, mark);
        var text = string.Concat(Enumerable.Range(0, count).Select(_ => maker.Next()));
        return random.Next(24) switch
        {
            0 => text[..random.Next(text.Length)],
            1 => BodyMaker.Bytes(random.Next(200), random),
            < 13 => ByteMutator.Mutate(text, random),
            _ => text,
        };
    }

    private static bool IsSame(PlainMessage sent, PlainMessage seen) =>
        sent.HasHead && sent.Start[0] == seen.Start[0] && PlainRequest.OriginTarget(sent) == seen.Start[1]
        && (PlainRequest.Host(sent) ?? seen.Values("Host")[0]) == seen.Values("Host")[0];

    private string? FaultOf(PlainMessage sent, PlainMessage seen)
    {
        if ((seen.BodyEnd, seen.Length) != (sent.BodyEnd, sent.Length))
        {
            return $"its framing is {seen.BodyEnd} {seen.Length} for {sent.BodyEnd} {sent.Length}";
        }

        if (seen.Values("X-Forwarded-For") is not [var peers] || peers.Split(", ")[^1] != Address.ToString())
        {
            return "its X-Forwarded-For is not the peer's";
        }

        if (!seen.Tokens("Connection").All(token => token is "te" or "upgrade"))
        {
            return "it has connection options";
        }

        // Of the names that the inputs have in Connection, these are the two that it may take away.
        string[] hopByHop = [.. HopByHop, .. sent.Tokens("Connection").Where(name => name is "x-hop" or "cookie")];
        foreach (var field in seen.Fields
            .Where(field => !SetByProxy.Contains(field.Name, StringComparer.OrdinalIgnoreCase)))
        {
            var name = field.Name.ToLowerInvariant();
            if (!sent.Fields.Contains(field) || hopByHop.Contains(name)
                || IsReserved(name.Replace('_', '-'), name.Contains('_')))
            {
                return $"it has a header that was not sent, or not for it: {field}";
            }
        }

        return null;
    }

    // An application that reads _ as - would take the second for one of the first.
    private static bool IsReserved(string name, bool hasUnderscore) =>
        name.StartsWith("wunderproxy-", StringComparison.Ordinal)
        || (hasUnderscore && (
        SetByProxy.Contains(name, StringComparer.OrdinalIgnoreCase) || name is "forwarded" or "x-real-ip"));

    private static void Hold(bool isTrue, string fault)
    {
        if (!isTrue)
        {
            throw new FuzzFailureException(fault);
        }
    }
}
