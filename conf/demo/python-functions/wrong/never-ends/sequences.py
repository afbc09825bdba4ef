"""count_words forgets to go on when it meets something that is no letter."""


def is_palindrome(text):
    letters = text.replace(" ", "").lower()
    return letters == letters[::-1]


def fibonacci(n):
    numbers = [0, 1]
    while len(numbers) < n:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:n]


def count_words(text):
    counts = {}
    position = 0
    while position < len(text):
        start = position
        while position < len(text) and text[position].isalpha():
            position += 1
        if position > start:
            word = text[start:position].lower()
            counts[word] = counts.get(word, 0) + 1
            position += 1
    return counts


def merge(a, b):
    return sorted(a + b)
