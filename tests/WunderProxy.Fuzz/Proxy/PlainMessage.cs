namespace WunderProxy.Fuzz.Proxy;

/// <summary>One message, as far as it could be read, bytes as Latin-1 characters.</summary>
internal sealed class PlainMessage
{
    /// <summary>How far it could be read.</summary>
    public ReadState State { get; set; }

    /// <summary>What is wrong with an invalid one.</summary>
    public string Fault { get; set; } = "";

    /// <summary>The three parts of the start line; empty before it is complete.</summary>
    public string[] Start { get; set; } = [];

    /// <summary>The header lines, blanks around values removed.</summary>
    public List<(string Name, string Value)> Fields { get; } = [];

    /// <summary>Whether the head is complete and valid.</summary>
    public bool HasHead { get; set; }

    /// <summary>How the body ends.</summary>
    public BodyEnd BodyEnd { get; set; }

    /// <summary>Value of Content-Length.</summary>
    public long Length { get; set; }

    /// <summary>The content of the body, as far as it came.</summary>
    public string Body { get; set; } = "";

    /// <summary>Where the next message starts.</summary>
    public int End { get; set; }

    /// <summary>Values of the lines with this name.</summary>
    public string[] Values(string name) =>
        [.. Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(field => field.Value)];

    /// <summary>Elements of the lists in the lines with this name, in lower case.</summary>
    public string[] Tokens(string name) =>
        [.. Values(name).SelectMany(value => value.ToLowerInvariant().Split(','))
            .Select(token => token.Trim(' ', '\t'))];

    /// <summary>Marks it as breaking the grammar.</summary>
    public PlainMessage Refuse(string fault)
    {
        State = ReadState.Invalid;
        Fault = fault;
        return this;
    }
}
