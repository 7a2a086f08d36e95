namespace WunderProxy.Cli;

/// <summary>Finds the name that a mistyped word most likely means.</summary>
internal static class NearestName
{
    private const int MaxEdits = 2;

    /// <summary>Returns the name with the fewest edits to the word, at most two and fewer than half its letters; else null.</summary>
    public static string? Find(string word, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Edits: Edits(word, name)))
            .Where(pair => pair.Edits <= MaxEdits && 2 * pair.Edits < pair.Name.Length)
            .OrderBy(pair => pair.Edits)
            .Select(pair => pair.Name)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance: letters to insert, remove or replace.</summary>
    private static int Edits(string word, string name)
    {
        var row = Enumerable.Range(0, name.Length + 1).ToArray();
        for (var i = 1; i <= word.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
            {
                var replaced = diagonal + (word[i - 1] == name[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
