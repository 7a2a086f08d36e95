using System.Text.RegularExpressions;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>What one client gets, judged as it comes.</summary>
internal sealed partial class ClientView(FuzzCase fuzzCase)
{
    private string _text = "";
    private int _at;
    private bool _isLast;
    private long _toleratedBytes;
    private PlainMessage? _unfinished;

    /// <summary>Final answers so far.</summary>
    public int FinalCount { get; private set; }

    /// <summary>Whether the connection left HTTP.</summary>
    public bool IsTunnel { get; private set; }

    /// <summary>Takes bytes.</summary>
    /// <exception cref="FuzzFailureException">They are not what a client may get.</exception>
    public void Add(string bytes)
    {
        _text += bytes;
        while (!IsTunnel && _at < _text.Length)
        {
            if (_isLast)
            {
                Hold(_text.Length - _at <= _toleratedBytes, "the client got bytes behind the last answer");
                return;
            }

            Hold(FinalCount < fuzzCase.Messages.Count, "the client got more answers than it sent messages");
            var answer = PlainResponse.Read(_text, _at, MethodOf(FinalCount), isFromProxy: true);
            Hold(answer.State != ReadState.Invalid,
                $"the client got an answer that breaks the grammar: {answer.Fault}");
            _unfinished = answer.State == ReadState.Partial ? answer : null;
            if (_unfinished is not null)
            {
                return;
            }

            _at = answer.End;
            Take(answer);
        }
    }

    /// <summary>The connection ended.</summary>
    /// <exception cref="FuzzFailureException">An answer that was cut short looks like a whole one.</exception>
    public void OnEnd(bool isReset)
    {
        if (isReset || IsTunnel || _unfinished is not { } answer)
        {
            return;
        }

        Hold(answer.HasHead && answer.BodyEnd == BodyEnd.Close,
            "the client got an answer cut short, and an end in order");
        Hold(VersionOf(FinalCount) != "HTTP/1.1", "the end of the connection ends an answer to HTTP/1.1");
        Take(answer);
    }

    private void Take(PlainMessage answer)
    {
        if (PlainResponse.IsInterim(answer))
        {
            Hold(VersionOf(FinalCount) != "HTTP/1.0", "HTTP/1.0 knows no interim answers");
            return;
        }

        Hold(answer.Values("X-Poison").Length == 0, "the client got bytes that were behind another answer");
        IsTunnel = answer.Start[1] == "101";
        var marks = answer.Values("X-Origin");
        Hold(marks.All(IsOurs), "the client got the answer to another request");
        if (marks.Length > 0 && fuzzCase.Replies[FinalCount] is { Content: { } content })
        {
            Hold(answer.Body == content, "the client got another body than the origin sent");
        }

        _isLast = answer.Tokens("Connection").Contains("close") || (answer.BodyEnd == BodyEnd.Close && !IsTunnel);
        if (_isLast && MethodOf(FinalCount) == "HEAD" && answer.Values("Proxy-Status").Length > 0)
        {
            // A refused request line is not known to be of HEAD, and its answer may have a body.
            _toleratedBytes = long.Parse(answer.Values("Content-Length")[0]);
        }

        FinalCount++;
    }

    // Random edits may have made another mark of it.
    private bool IsOurs(string mark) => !Mark().IsMatch(mark) || mark == fuzzCase.Mark(FinalCount)
        || string.Concat(fuzzCase.Replies[FinalCount]?.Pieces ?? []).Contains(mark, StringComparison.Ordinal);

    private string MethodOf(int index) => fuzzCase.Messages[index].Start is [var method, ..] ? method : "";

    private string VersionOf(int index) => fuzzCase.Messages[index].Start is [_, _, var version] ? version : "";

    [GeneratedRegex("^[0-9a-f]{8}-[0-9]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mark();

    private static void Hold(bool isTrue, string fault)
    {
        if (!isTrue)
        {
            throw new FuzzFailureException(fault);
        }
    }
}
