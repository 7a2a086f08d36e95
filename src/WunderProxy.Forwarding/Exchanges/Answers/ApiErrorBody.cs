using System.Text;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>
/// Bodies of the answers that the manager API's front end makes itself, in the form of the API's own errors.
/// </summary>
internal static class ApiErrorBody
{
    private const string BadHost = "bad_host";

    /// <summary>Returns the JSON document <c>{"error": "…", "message": "…"}</c>.</summary>
    /// <param name="status">Status of the answer.</param>
    /// <param name="fault">Name of the rule or error in the source: <c>MissingHost</c> becomes <c>bad_host</c>.</param>
    public static byte[] Of(int status, string fault)
    {
        var code = fault is "MissingHost" or "SeveralHosts" ? BadHost : SnakeCase(fault);
        return Encoding.ASCII.GetBytes(
            $$"""{"error":"{{code}}","message":"{{MessageOf(status, code)}}"}""");
    }

    private static string MessageOf(int status, string code) => status switch
    {
        400 when code == BadHost => "the Host header is missing, doubled or malformed",
        400 => $"the request is malformed: {code.Replace('_', ' ')}",
        405 => "the method is not allowed here",
        408 => "the request took too long to arrive",
        414 => "the request line is too long",
        431 => "the request head is too large",
        501 => $"not supported: {code.Replace('_', ' ')}",
        503 => "there are too many connections; try again in a few seconds",
        505 => "this version of HTTP is not supported",
        _ => $"the manager API gave no answer: {code.Replace('_', ' ')}",
    };

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
