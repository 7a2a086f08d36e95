namespace WunderProxy.Architecture.Tests;

/// <summary>Holds the rooms of <c>docs/architecture.md</c> against the code.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RoomTests
{
    private static readonly Plan Plan = Plan.Read();

    /// <summary>Arrows of the code, each with the classes behind it.</summary>
    private static readonly ILookup<Arrow, (string User, string Used)> Used = Code.Uses
        .Select(use => (Arrow: new Arrow(RoomOf(use.User), RoomOf(use.Used)), Use: use))
        .Where(pair => pair.Arrow.From != pair.Arrow.To)
        .ToLookup(pair => pair.Arrow, pair => pair.Use);

    [Test]
    public void Every_namespace_is_a_room_of_the_table_and_every_room_a_namespace()
    {
        var rooms = Code.Classes.Select(RoomOf).Distinct().ToList();

        Assert.Multiple(() =>
        {
            Assert.That(rooms.Except(Plan.Rooms), Is.Empty, "namespaces that are missing in the table");
            Assert.That(Plan.Rooms.Except(rooms), Is.Empty, "rooms of the table without a class");
            Assert.That(Plan.Rooms, Is.Unique);
        });
    }

    [Test]
    public void Code_uses_only_what_the_table_allows()
    {
        var against = Used.Where(arrow => !Plan.Arrows.Contains(arrow.Key))
            .Select(arrow => $"{arrow.Key}: {string.Join(", ", arrow.Order().Select(use => $"{use.User} uses {use.Used}"))}");

        Assert.That(against.Order(StringComparer.Ordinal), Is.Empty, "arrows of the code that the table does not allow");
    }

    [Test]
    public void Table_allows_only_what_the_code_uses()
    {
        var unused = Plan.Arrows.Where(arrow => !Used.Contains(arrow));

        Assert.That(unused.Select(arrow => arrow.ToString()).Order(StringComparer.Ordinal), Is.Empty, "arrows of the table that no class needs");
    }

    [Test]
    public void No_room_is_in_a_circle()
    {
        var arrows = Used.Select(arrow => arrow.Key).ToLookup(arrow => arrow.From, arrow => arrow.To);
        var circular = Used.Where(arrow => IsReachable(arrow.Key.To, arrow.Key.From, arrows))
            .Select(arrow => $"{arrow.Key}, as {arrow.Min().User} uses {arrow.Min().Used}");

        Assert.That(circular.Order(StringComparer.Ordinal), Is.Empty, "arrows that are part of a circle");
    }

    [Test]
    public void Picture_shows_every_room()
    {
        Assert.That(Plan.DrawnRooms, Is.EquivalentTo(Plan.Rooms));
    }

    [Test]
    public void Picture_shows_every_arrow_that_does_not_follow_from_others()
    {
        var drawn = Plan.DrawnArrows.ToLookup(arrow => arrow.From, arrow => arrow.To);

        Assert.Multiple(() =>
        {
            Assert.That(Plan.DrawnArrows.Except(Plan.Arrows), Is.Empty, "arrows of the picture that the table does not have");
            Assert.That(
                Plan.Arrows.Where(arrow => !IsReachable(arrow.From, arrow.To, drawn)),
                Is.Empty,
                "arrows of the table to which no way leads in the picture");
        });
    }

    /// <summary>The room with the longest name that the class's namespace begins with.</summary>
    private static Room RoomOf(string fullName)
    {
        var parts = Code.NamespaceOf(fullName).Split('.');
        var (assembly, folders) = parts is [_, "Forwarding" or "Deployments", ..] ? (parts[1], parts[2..]) : (Room.Host, parts[1..]);
        var candidates = Enumerable.Range(1, folders.Length).Reverse()
            .Select(count => new Room(assembly, string.Join('/', folders[..count])));
        return folders.Length == 0
            ? new Room(assembly, Room.Entry)
            : candidates.FirstOrDefault(Plan.Rooms.Contains, new Room(assembly, folders[0]));
    }

    private static bool IsReachable(Room from, Room to, ILookup<Room, Room> arrows)
    {
        var seen = new HashSet<Room>();
        var open = new Stack<Room>([from]);
        while (open.TryPop(out var room))
        {
            foreach (var next in arrows[room])
            {
                if (next == to)
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }
}
