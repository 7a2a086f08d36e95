using System.Buffers;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1.Fuzzing;

/// <summary>
/// Runs mutated messages through the parsers and holds the outcome against invariants and a second, plain grammar. The
/// same seed always makes the same inputs.
/// </summary>
internal sealed class Http1Fuzzer
{
    private readonly int _seed;
    private readonly Random _random;
    private readonly FuzzMutator _mutator;
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private byte[] _input = [];
    private long _round;

    public Http1Fuzzer(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _mutator = new FuzzMutator(_random);
    }

    /// <summary>How many inputs were accepted, which says whether the mutations are mild enough to mean something.</summary>
    public long Accepted { get; private set; }

    /// <summary>Runs so many inputs.</summary>
    /// <exception cref="FuzzFailureException">An invariant was broken.</exception>
    public void Run(long count)
    {
        for (var end = _round + count; _round < end; _round++)
        {
            try
            {
                RunOne((int)(_round % 3));
            }
            catch (Exception exception) when (exception is not FuzzFailureException)
            {
                throw new FuzzFailureException("An exception escaped", _seed, _round, _input, exception);
            }
        }
    }

    private void RunOne(int kind)
    {
        _input = _mutator.Next(kind switch
        {
            0 => FuzzCorpus.Requests,
            1 => FuzzCorpus.Responses,
            _ => FuzzCorpus.ChunkedBodies,
        });
        Action check = kind switch { 0 => CheckRequest, 1 => CheckResponse, _ => CheckChunked };
        check();
    }

    private void CheckRequest()
    {
        var cut = _random.Next(_input.Length + 1);
        var early = HeadParser.ParseRequest(
            _input.AsSpan(0, cut), HeadLimits.Default, _request, out var earlyConsumed, out var earlyReason);
        var status = HeadParser.ParseRequest(
            _input, HeadLimits.Default, _request, out var consumed, out var reason);

        Hold(status == ParseStatus.Done ? consumed > 0 && consumed <= _input.Length : consumed == 0, "consumed fits the status");
        Hold((status == ParseStatus.Rejected) == (reason != RequestRejection.None), "a reason comes with a rejection");
        Hold(early == ParseStatus.NeedMore || (early, earlyConsumed, earlyReason) == (status, consumed, reason), "splits agree");
        if (status == ParseStatus.Done)
        {
            Accepted++;
            CheckAcceptedRequest(Latin1.Text(_request.Bytes));
        }
        else if (status == ParseStatus.Rejected && IsGrammarFault(reason))
        {
            Hold(!PlainGrammar.IsRequestHead(HeadText(HeadParser.MaxLeadingEmptyLines)), "a head refused for its grammar breaks the grammar");
        }
    }

    private void CheckAcceptedRequest(string head)
    {
        Hold(PlainGrammar.IsRequestHead(head), "an accepted head keeps the plain grammar");
        Hold(PlainGrammar.Values(head, "Host").Length == 1 || _request.MinorVersion == 0, "one Host");
        if (MessageFraming.DecideRequest(_request, out var framing, out _) != ParseStatus.Done)
        {
            return;
        }

        var lengths = PlainGrammar.Values(head, "Content-Length");
        var codings = PlainGrammar.Values(head, "Transfer-Encoding");
        Hold(lengths.Length + codings.Length <= 1, "at most one framing header");
        Hold(codings.All(coding => coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)), "only chunked");
        Hold(lengths.All(length => length.All(char.IsAsciiDigit) && long.Parse(length) == framing.Length), "a plain length");
        CheckForwardedRequest(framing);
    }

    // What is written for the upstream reads back as the same request, without what must not be passed on.
    private void CheckForwardedRequest(BodyFraming framing)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.RequestLine(_request.Method, _request.OriginTarget);
        writer.Field(HeaderName.Host, _request.EffectiveHost);
        writer.Fields(_request, HeaderFlags.NeverForwarded, new HeaderNameSet(HeaderName.Host));
        writer.End();
        writer.Flush();
        var target = Latin1.Text(_request.OriginTarget);
        var host = Latin1.Text(_request.EffectiveHost);

        var status = HeadParser.ParseRequest(output.WrittenSpan, HeadLimits.Default, _request, out var consumed, out _);

        Hold(status == ParseStatus.Done && consumed == output.WrittenCount, "what is written is read");
        Hold(Latin1.Text(_request.OriginTarget) == target && Latin1.Text(_request.Host) == host, "target and host survive");
        foreach (ref readonly var field in _request.Fields)
        {
            Hold((field.Flags & HeaderFlags.NeverForwarded) == HeaderFlags.None, "nothing hop-by-hop is passed on");
        }

        Hold(framing.Kind != BodyKind.UntilClose, "a request never ends with the connection");
    }

    private void CheckResponse()
    {
        var cut = _random.Next(_input.Length + 1);
        var early = HeadParser.ParseResponse(
            _input.AsSpan(0, cut), HeadLimits.Default, _response, out var earlyConsumed, out var earlyReason);
        var status = HeadParser.ParseResponse(
            _input, HeadLimits.Default, _response, out var consumed, out var reason);

        Hold(status == ParseStatus.Done ? consumed > 0 && consumed <= _input.Length : consumed == 0, "consumed fits the status");
        Hold((status == ParseStatus.Rejected) == (reason != ResponseRejection.None), "a reason comes with a rejection");
        Hold(early == ParseStatus.NeedMore || (early, earlyConsumed, earlyReason) == (status, consumed, reason), "splits agree");
        if (status == ParseStatus.Done)
        {
            Accepted++;
            Hold(PlainGrammar.IsResponseHead(Latin1.Text(_response.Bytes)), "an accepted head keeps the plain grammar");
            MessageFraming.DecideResponse(_response, KnownMethod.Get, out _, out _);
        }
        else if (status == ParseStatus.Rejected && reason != ResponseRejection.TooManyConnectionOptions)
        {
            Hold(!PlainGrammar.IsResponseHead(HeadText(0)), "a refused head breaks the grammar");
        }
    }

    private void CheckChunked()
    {
        var first = _random.Next(_input.Length + 1);
        var second = _random.Next(first, _input.Length + 1);
        var whole = ChunkedReplay.Scan(_input);
        var pieces = ChunkedReplay.Scan(_input, first, second);
        var payload = ChunkedReplay.Read(_input, first, second);

        Hold(whole.Consumed <= _input.Length, "consumed fits the input");
        Hold((whole.IsComplete, whole.Rejection) == (pieces.IsComplete, pieces.Rejection), "splits agree");
        Hold((whole.IsComplete, whole.Rejection) == (payload.IsComplete, payload.Rejection), "both ways agree");
        if (whole.IsComplete)
        {
            Accepted++;
            Hold(whole == pieces && whole.Consumed == payload.Consumed, "a complete body is the same at any split");
            Hold(PlainGrammar.DecodeChunked(whole.Forwarded) == payload.Forwarded, "the plain grammar reads the same payload");
        }
    }

    // The head as a reader would see it that knows nothing but the empty line; all of the input if there is none.
    private string HeadText(int skippedEmptyLines)
    {
        var text = Latin1.Text(_input);
        for (var line = 0; line < skippedEmptyLines && text.StartsWith("\r\n", StringComparison.Ordinal); line++)
        {
            text = text[2..];
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 4)];
    }

    private static bool IsGrammarFault(RequestRejection reason) => reason
        is RequestRejection.BadMethod or RequestRejection.BadRequestLine or RequestRejection.BadVersion
        or RequestRejection.BareCr or RequestRejection.BareLf or RequestRejection.ObsFold
        or RequestRejection.SpaceBeforeColon or RequestRejection.BadFieldName or RequestRejection.BadFieldValue;

    private void Hold(bool isTrue, string invariant)
    {
        if (!isTrue)
        {
            throw new FuzzFailureException($"Broken: {invariant}", _seed, _round, _input);
        }
    }
}
