using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>Reads one whole request, head and body, the way an exchange does.</summary>
/// <param name="Rejection">Name of the reason; empty if nothing was refused.</param>
/// <param name="IsComplete">Whether head and body ended.</param>
/// <param name="Consumed">Bytes of the message.</param>
internal sealed record RequestJudge(string Rejection, bool IsComplete, int Consumed)
{
    /// <summary>Judges what has arrived; a chunked body arrives in two pieces, up to the cut and then all of it.</summary>
    public static RequestJudge Judge(ReadOnlySpan<byte> input, int cut)
    {
        var head = new RequestHead();
        var status = HeadParser.ParseRequest(input, HeadLimits.Default, head, out var consumed, out var reason);
        if (status == ParseStatus.Done)
        {
            status = MessageFraming.DecideRequest(head, out var framing, out reason);
            if (status == ParseStatus.Done)
            {
                return JudgeBody(input, consumed, cut, framing);
            }
        }

        return new RequestJudge(status == ParseStatus.Rejected ? reason.ToString() : "", false, consumed);
    }

    private static RequestJudge JudgeBody(ReadOnlySpan<byte> input, int start, int cut, BodyFraming framing)
    {
        if (framing.Kind != BodyKind.Chunked)
        {
            var end = start + Math.Max(framing.Length, 0);
            return new RequestJudge("", end <= input.Length, (int)Math.Min(end, input.Length));
        }

        var body = ChunkedReplay.Scan(input[start..], Math.Max(cut - start, 0));
        var rejection = body.Rejection == ChunkRejection.None ? "" : body.Rejection.ToString();
        return new RequestJudge(rejection, body.IsComplete, start + body.Consumed);
    }
}
