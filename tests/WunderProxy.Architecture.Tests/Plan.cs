using System.Text.RegularExpressions;

namespace WunderProxy.Architecture.Tests;

/// <summary>The rooms as <c>docs/architecture.md</c> has them: a table for each assembly, and one picture of all.</summary>
internal sealed partial class Plan
{
    private const int RoomColumn = 1;
    private const int MayUseColumn = 3;

    private readonly List<Room> _rooms = [];
    private readonly List<Arrow> _arrows = [];
    private readonly Dictionary<string, Room> _nodes = [];
    private readonly List<Arrow> _drawn = [];

    private Plan(string[] lines)
    {
        ReadTables(lines);
        ReadPicture(lines);
    }

    /// <summary>Rooms of the tables.</summary>
    public IReadOnlyList<Room> Rooms => _rooms;

    /// <summary>What the "May use" columns allow.</summary>
    public IReadOnlyList<Arrow> Arrows => _arrows;

    /// <summary>Rooms of the picture.</summary>
    public IReadOnlyCollection<Room> DrawnRooms => _nodes.Values;

    /// <summary>Arrows of the picture.</summary>
    public IReadOnlyList<Arrow> DrawnArrows => _drawn;

    /// <summary>The top folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public static Plan Read() => new(File.ReadAllLines(Path.Combine(Root, "docs", "architecture.md")));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no WunderProxy.sln above the tests.");
        }

        return folder.FullName;
    }

    private void ReadTables(string[] lines)
    {
        var assembly = string.Empty;
        foreach (var line in lines)
        {
            var cells = line.Split('|');
            if (TableHead().Match(line) is { Success: true } head)
            {
                assembly = AssemblyOf(head.Groups["assembly"].Value);
            }
            else if (!line.StartsWith('|'))
            {
                assembly = string.Empty;
            }
            else if (assembly.Length > 0 && Quoted().Match(cells[RoomColumn]) is { Success: true } name)
            {
                var room = RoomOf(assembly, name.Groups["name"].Value);
                _rooms.Add(room);
                _arrows.AddRange(Quoted().Matches(cells[MayUseColumn]).Select(used => new Arrow(room, RoomOf(assembly, used.Groups["name"].Value))));
            }
        }
    }

    private void ReadPicture(string[] lines)
    {
        var assembly = string.Empty;
        foreach (var line in lines.SkipWhile(line => line != "```mermaid").TakeWhile(line => line != "```"))
        {
            if (Subgraph().Match(line) is { Success: true } subgraph)
            {
                assembly = AssemblyOf(subgraph.Groups["assembly"].Value);
            }
            else if (Node().Match(line) is { Success: true } node)
            {
                _nodes.Add(node.Groups["id"].Value, RoomOf(assembly, node.Groups["name"].Value));
            }
            else if (Edge().Match(line) is { Success: true } edge)
            {
                _drawn.AddRange(edge.Groups["to"].Value.Split('&').Select(to =>
                    new Arrow(_nodes[edge.Groups["from"].Value], _nodes[to.Trim()])));
            }
        }
    }

    private static string AssemblyOf(string name) => name == "WunderProxy" ? Room.Host : name["WunderProxy.".Length..];

    /// <summary>A name with an assembly before it, such as <c>Forwarding/Transport</c>, is a room of that assembly.</summary>
    private static Room RoomOf(string assembly, string name) => name.Split('/', 2) switch
    {
        ["Forwarding" or "Deployments", var inner] => new Room(name[..name.IndexOf('/')], inner),
        _ => new Room(assembly, name),
    };

    [GeneratedRegex(@"^\| Room of `(?<assembly>[\w.]+)` \|", RegexOptions.NonBacktracking)]
    private static partial Regex TableHead();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^ *subgraph \w+ \[""(?<assembly>[\w.]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Subgraph();

    [GeneratedRegex(@"^ *(?<id>\w+)\[""(?<name>[^:""]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Node();

    [GeneratedRegex(@"^ *(?<from>\w+) -->(?:\|[^|]*\|)? (?<to>[\w &]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Edge();
}
