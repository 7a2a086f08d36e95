using System.Text;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>What became of a message, as text that is equal when the meaning is.</summary>
internal static class Outcome
{
    /// <summary>Nothing of it was passed on as a whole message, and the sender or receiver can tell.</summary>
    public const string Refused = "refused";

    /// <summary>Belong to the connection, to the framing or to what each proxy adds of its own.</summary>
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "content-length", "upgrade",
        "expect", "forwarded", "via", "trailer", "server", "date", "x-real-ip", "x-origin",
    };

    /// <summary>What the origin got, then what the client was answered.</summary>
    public static string OfRequest(IReadOnlyList<WireMessage> requests, byte[] received, bool isEndInOrder)
    {
        var text = new StringBuilder();
        foreach (var request in requests)
        {
            text.Append(Describe(request)).Append('\n');
        }

        string[] methods = [.. requests.Select(request => request.StartLine.Split(' ')[0])];
        var answers = ReadAnswers(methods, received, isEndInOrder);
        var isOwnAnswer = requests.Count == 0 && answers.All(answer => !answer.Has(RecordingOrigin.Mark));
        if (isOwnAnswer && answers.Count > 0 && answers[^1].Status < 400)
        {
            return $"answered {answers[^1].Status}";
        }

        if (answers.Count(answer => answer.Has(RecordingOrigin.Mark)) < requests.Count)
        {
            text.Append("without the origin's answer\n");
        }

        if (requests.Count == 0 || !answers.LastOrDefault()?.Has(RecordingOrigin.Mark) is true)
        {
            text.Append(Refused);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>What the client got.</summary>
    /// <param name="methods">Those of its requests.</param>
    /// <param name="received">All that it got.</param>
    /// <param name="isEndInOrder">Whether its connection was ended in order.</param>
    public static string OfResponse(IReadOnlyList<string> methods, byte[] received, bool isEndInOrder)
    {
        var answers = ReadAnswers(methods, received, isEndInOrder);
        if (answers.Count > 0 && answers[^1].Status == 0)
        {
            return answers[^1].StartLine;
        }

        if (answers.Count == 0 || !answers[^1].IsComplete || !answers[^1].Has(RecordingOrigin.Mark))
        {
            return Refused;
        }

        return string.Join('\n', answers.Select(DescribeAnswer));
    }

    private static List<WireMessage> ReadAnswers(IReadOnlyList<string> methods, byte[] received, bool isEndInOrder)
    {
        var answers = new List<WireMessage>();
        var finals = 0;
        var reader = new WireReader(received);
        try
        {
            while (reader.HasMore)
            {
                if (reader.ReadResponse(methods.ElementAtOrDefault(finals), isEndInOrder) is not { } answer)
                {
                    break;
                }

                answers.Add(answer);
                finals += answer.Status >= 200 ? 1 : 0;
            }
        }
        catch (FormatException exception)
        {
            // Differs from whatever is well-formed: nobody may send a client this.
            answers.Add(new WireMessage { StartLine = $"MALFORMED {exception.Message}", Fields = [], IsComplete = true });
        }

        return answers;
    }

    private static string Describe(WireMessage request)
    {
        var parts = request.StartLine.Split(' ');
        if (parts.Length != 3)
        {
            return request.StartLine;
        }

        var (host, target) = (request.ValueOf("Host"), parts[1]);
        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            // RFC 9112 section 3.2.2: every server takes this form, and its host counts.
            var slash = target.IndexOfAny(['/', '?'], "http://".Length);
            host = target["http://".Length..(slash < 0 ? target.Length : slash)];
            target = slash < 0 ? "/" : target[slash] == '?' ? "/" + target[slash..] : target[slash..];
        }

        var fields = request.EndToEndFields(Left).Where(field => !field.StartsWith("host: ", StringComparison.Ordinal));
        return $"{parts[0]} {target} at {host} [{string.Join(" | ", fields)}] body <{request.BodyText}>";
    }

    private static string DescribeAnswer(WireMessage answer)
    {
        // Chunks and the end of the connection are the same to a client; a length is more.
        var length = answer.Has("Content-Length") ? $"length {answer.ValueOf("Content-Length")}" : "no length";
        return $"{answer.Status} [{string.Join(" | ", answer.EndToEndFields(Left))}] {length} body <{answer.BodyText}>";
    }
}
