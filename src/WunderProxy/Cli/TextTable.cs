namespace WunderProxy.Cli;

/// <summary>Formats rows of words in columns as wide as their widest word.</summary>
internal sealed class TextTable(params string[] header)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [header];

    /// <summary>Adds a row; line ends and control characters in its words are escaped.</summary>
    public void Add(params string[] row) => _rows.Add([.. row.Select(TerminalText.Escape)]);

    /// <summary>Writes header and rows to the output.</summary>
    public void WriteTo(TextWriter output)
    {
        var columns = Enumerable.Range(0, header.Length);
        var widths = columns.Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((word, column) => word.PadRight(widths[column]))).TrimEnd());
        }
    }
}
