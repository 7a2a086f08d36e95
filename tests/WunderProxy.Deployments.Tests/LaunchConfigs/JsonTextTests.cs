using System.Text;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

/// <summary>What is wrong with a text is told in words, by field, line, column and byte.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class JsonTextTests
{
    [TestCase("", "empty")]
    [TestCase(" \r\n\t", "empty")]
    [TestCase("\uFEFF{}", "byte order mark")]
    [TestCase("{\"a\":1} x", "line 1, column 9: the text should end here, after its first value; 'x' follows")]
    [TestCase("{\n // c\n}", "line 2, column 2: comments are not allowed in JSON")]
    [TestCase("{\"a\": /* c */ 1}", "column 7: comments are not allowed")]
    [TestCase("{\"a\": 1 # c\n}", "column 9: comments are not allowed")]
    [TestCase("{\"a\":1,}", "column 7: no comma may stand before '}'")]
    [TestCase("[1,\n2,\n]", "line 2, column 2: no comma may stand before ']'")]
    [TestCase("{\"ü\":1,,}", "column 8: a name in double quotes is expected, not ','")]
    [TestCase("{a:1}", "a name in double quotes is expected, not 'a'")]
    [TestCase("{'a':1}", "a name in double quotes is expected, not '''")]
    [TestCase("{\"a\":'x'}", "a string needs double quotes")]
    [TestCase("{\"a\":“x”}", "not the character U+201C")]
    [TestCase("{\"a\" 1}", "':' is expected after the name, not '1'")]
    [TestCase("{\"a\":1 \"b\":2}", "',' or '}' is expected, not '\"'")]
    [TestCase("{\"a\":}", "a value is missing before '}'")]
    [TestCase("{\"a\":", "not the end of the text")]
    [TestCase("{", "not the end of the text")]
    [TestCase("[1", "',' or ']' is expected, not the end of the text")]
    [TestCase("{\"a\":\"x", "column 6: the string that begins here has no end")]
    [TestCase("{\"a\":\"x\ny\"}", "the control character 0x0A must be written as an escape")]
    [TestCase("{\"a\":\"\0\"}", "the control character 0x00 must be written as an escape")]
    [TestCase("{\"a\":\"\\x\"}", "after '\\' one of")]
    [TestCase("{\"a\":\"\\u12g4\"}", "four hexadecimal digits")]
    [TestCase("{\"a\":NaN}", "not 'NaN'")]
    [TestCase("{\"a\":Infinity}", "not 'Infinity'")]
    [TestCase("{\"a\":-Infinity}", "a digit is expected, not 'Infinity'")]
    [TestCase("{\"a\":True}", "not 'True'")]
    [TestCase("{\"a\":truex}", "',' or '}' is expected, not 'x'")]
    [TestCase("{\"a\":01}", "must not begin with 0")]
    [TestCase("{\"a\":+1}", "must begin with a digit")]
    [TestCase("{\"a\":.5}", "must begin with a digit")]
    [TestCase("{\"a\":1.}", "a digit is expected")]
    [TestCase("{\"a\":1e}", "a digit is expected")]
    [TestCase("{\"a\":0x10}", "not 'x'")]
    public void Text_that_is_no_json_is_told_in_words(string text, string reason) => AssertRefused(Encoding.UTF8.GetBytes(text), "", reason);

    [TestCase("{\"a\":1,\"a\":2}", "a", "occurs twice in the same object, again at line 1, column 8")]
    [TestCase("{\"a\":1,\"\\u0061\":2}", "a", "occurs twice")]
    [TestCase("{\"Labels\":{\"x\":[{\"b\":1,\n\"b\":1}]}}", "Labels.x[0].b", "again at line 2, column 1")]
    [TestCase("{\"Env\":[\"A=1\",\"B=\\ud800\"]}", "Env[1]", "the lone surrogate \\ud800 at byte 17, line 1, column 18")]
    [TestCase("{\"Env\":[\"B=\\uDC00\"]}", "Env[0]", "lone surrogate \\udc00")]
    [TestCase("{\"Env\":[\"\\ud83d\\u0041\"]}", "Env[0]", "lone surrogate \\ud83d")]
    [TestCase("{\"Env\":[\"A=\\u0000\"]}", "Env[0]", "a NUL character")]
    [TestCase("{\"a\\udfff\":1}", "the text", "lone surrogate")]
    public void Field_at_fault_is_named(string text, string field, string reason) => AssertRefused(Encoding.UTF8.GetBytes(text), field, reason);

    [TestCase("Env[0]", "{\"Env\":[\"A=", new byte[] { 0xFF }, "\"]}", "(0xFF) at byte 11, line 1, column 12")]
    [TestCase("Env[0]", "{\n\"Env\":[\"ü", new byte[] { 0xC3 }, "\"]}", "(0xC3) at byte 12, line 2, column 10")]
    [TestCase("a.b", "{\"a\":{\"b\":\"", new byte[] { 0xED, 0xA0, 0x80 }, "\"}}", "(0xED)")]
    [TestCase("a", "{\"a\":{\"", new byte[] { 0xC0, 0x80 }, "\":1}}", "(0xC0) at byte 7")]
    public void Byte_that_is_not_utf8_is_named_with_its_place(string field, string before, byte[] bad, string after, string reason) =>
        AssertRefused([.. Encoding.UTF8.GetBytes(before), .. bad, .. Encoding.UTF8.GetBytes(after)], field, reason);

    [Test]
    public void Text_in_utf16_is_told_as_such() => Assert.Multiple(() =>
    {
        AssertRefused(Encoding.Unicode.GetBytes("{}"), "", "UTF-16");
        AssertRefused([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")], "", "UTF-16");
        AssertRefused(Encoding.BigEndianUnicode.GetBytes("{}"), "", "UTF-16");
    });

    [Test]
    public void Text_that_is_deeper_than_anything_is_refused_by_line()
    {
        AssertRefused(Encoding.ASCII.GetBytes(new string('[', 1_000_000)), "", "deeper than 64 levels");
        Assert.That(
            () => JsonText.Check(Encoding.ASCII.GetBytes(new string('[', 64) + new string(']', 64))), Throws.Nothing);
    }

    [TestCase("""{"a":[1,-0.5e+10,1E400,123456789012345678901234567890,true,false,null,{},[],""]}""")]
    [TestCase("""{"a":"\ud83d\ude00 \u00e9 \" \\ \/ \b\f\n\r\t","":{"":1}}""")]
    [TestCase(" [ ] ")]
    [TestCase("\"x\"")]
    public void Text_that_is_json_passes(string text) =>
        Assert.That(() => JsonText.Check(Encoding.UTF8.GetBytes(text)), Throws.Nothing);

    private static void AssertRefused(byte[] text, string field, string reason)
    {
        var thrown = Assert.Throws<InvalidLaunchConfigException>(() => LaunchConfig.Parse(text))!;

        Assert.That(thrown.Field, Is.EqualTo(field), thrown.Message);
        Assert.That(thrown.Reason, Does.Contain(reason).And.Not.Contain("reader options"));
    }
}
